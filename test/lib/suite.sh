# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of other suites than the machine's own, from the mirror that its apt
# uses, without touching its configuration. Needs kernels.sh for the cache.
#
# A suite is named as apt does, or as SUITE:ARCH for the packages of another
# architecture.

# The machine's own suite and the mirrors that it comes from.
suite_own() # CODENAME|REPO_URI|SECURITY_URI
{
	# shellcheck disable=SC2016 # names for apt, not for the shell
	apt-get indextargets --format '$(LABEL) $(CODENAME) $(REPO_URI)' |
		awk -v want="$1" '
			$1 == "Debian" && $2 !~ /-/ { of["CODENAME"] = $2
				of["REPO_URI"] = $3 }
			$1 == "Debian-Security" { of["SECURITY_URI"] = $3 }
			END { if (want in of) print of[want] }'
}

# The suite that backports and the like are used with.
suite_base() # SUITE
{
	case ${1%:*} in
	experimental) echo sid ;;
	*-backports) echo "${1%-backports*}" ;;
	*) echo "${1%:*}" ;;
	esac
}

# Of its packages; nothing if that is the machine's own.
suite_arch() # SUITE
{
	case $1 in
	*:*) echo "${1#*:}" ;;
	esac
}

# Where the packages of a suite come from, as lines for apt.
suite_sources() # SUITE
{
	local base suite=${1%:*} uri

	base=$(suite_base "$1")
	uri=$(suite_own REPO_URI)
	echo "deb $uri $base main"
	[ "$base" = "$suite" ] || echo "deb $uri $suite main"
	uri=$(suite_own SECURITY_URI)
	[ "$base" = sid ] || [ -z "$uri" ] ||
		echo "deb $uri $base-security main"
}

# How the machine's apt gets at its mirrors, as lines of its configuration.
suite_options()
{
	apt-config dump | grep -E '^Acquire::(Check-[a-zA-Z-]*|https?(::.*)?) '
}

# Runs an apt command that knows SUITE, preferred to what it is used with.
suite_apt() # SUITE COMMAND [ARGUMENT...]
{
	local state list arch options=()

	if [ "$1" = "$(suite_own CODENAME)" ]; then
		"$2" -qq -o APT::Sandbox::User=root "${@:3}"
		return
	fi
	# shellcheck disable=SC2154 # kernels.sh has set it
	state=$kernels_cache/apt/$1
	list=$state/sources.list
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	arch=$(suite_arch "$1")
	# The machine's own too: for what runs here.
	[ -z "$arch" ] || options=(-o "APT::Architecture=$arch"
		-o "APT::Architectures::=$arch"
		-o "APT::Architectures::=$(dpkg --print-architecture)")
	# The mirror forgets what it has replaced.
	if [ -z "$(find "$list" -mtime -1 2>/dev/null)" ]; then
		suite_sources "$1" >"$list.new"
		# Else it is content with what it could not get.
		if suite_apt_run "$state" "$list.new" apt-get "${options[@]}" \
			--error-on=any update >&2; then
			mv "$list.new" "$list"
		elif [ ! -e "$list" ]; then
			return 1
		fi
	fi
	[ "$(suite_base "$1")" = "${1%:*}" ] ||
		options+=(-o "APT::Default-Release=${1%:*}")
	suite_apt_run "$state" "$list" "$2" "${options[@]}" "${@:3}"
}

# The sandbox user of apt may not enter a home directory.
suite_apt_run() # STATE LIST COMMAND [ARGUMENT...]
{
	"$3" -qq -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache" \
		-o APT::Sandbox::User=root "${@:4}"
}

# Downloads packages to where it is called. What has been replaced is gone, though lists
# of yesterday name it: then with new ones.
suite_download() # SUITE [OPTION...] PACKAGE...
{
	! suite_apt "$1" apt-get download "${@:2}" >&2 || return 0
	if [ "$1" != "$(suite_own CODENAME)" ]; then
		touch -d '2 days ago' "$kernels_cache/apt/$1/sources.list"
	elif [ "$(id -u)" -eq 0 ]; then
		packages_alone apt-get update -qq >&2
	fi
	suite_apt "$1" apt-get download "${@:2}" >&2
}
