# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of other suites than the machine's own, from the mirror that its apt
# uses, without touching its configuration. Needs kernels.sh for the cache.

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
	case $1 in
	experimental) echo sid ;;
	*) echo "${1%-backports}" ;;
	esac
}

# Where the packages of a suite come from, as lines for apt.
suite_sources() # SUITE
{
	local base uri

	base=$(suite_base "$1")
	uri=$(suite_own REPO_URI)
	echo "deb $uri $base main"
	[ "$base" = "$1" ] || echo "deb $uri $1 main"
	uri=$(suite_own SECURITY_URI)
	[ "$base" = sid ] || [ -z "$uri" ] ||
		echo "deb $uri $base-security main"
}

# Runs an apt command that knows SUITE and the machine's own packages.
suite_apt() # SUITE COMMAND [ARGUMENT...]
{
	local state list

	# shellcheck disable=SC2154 # kernels.sh has set it
	state=$kernels_cache/apt/$1
	list=$state/sources.list
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	if [ ! -e "$list" ]; then
		suite_sources "$1" >"$list.new"
		suite_apt_run "$state" "$list.new" apt-get update >&2 || return 1
		mv "$list.new" "$list"
	fi
	suite_apt_run "$state" "$list" "${@:2}"
}

suite_apt_run() # STATE LIST COMMAND [ARGUMENT...]
{
	# The sandbox user of apt may not enter a home directory.
	"$3" -qq -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache" \
		-o APT::Sandbox::User=root "${@:4}"
}
