# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of other suites than the machine's own, from the mirror that its apt
# uses, without touching its configuration. Needs kernels.sh for the cache.

# The machine's own suite and the mirror it comes from.
suite_own() # CODENAME|REPO_URI
{
	# shellcheck disable=SC2016 # names for apt, not for the shell
	apt-get indextargets --format '$(CODENAME) $(REPO_URI) $(LABEL)' |
		awk -v want="$1" '$3 == "Debian" && $1 !~ /-/ {
			print want == "CODENAME" ? $1 : $2; exit }'
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
		echo "deb $(suite_own REPO_URI) $1 main" >"$list.new"
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
