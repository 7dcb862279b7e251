# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# bash completion of kcompressdctl

_kcompressdctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words=''

	if [ "$COMP_CWORD" -eq 1 ]; then
		words='status doctor top report bench --help --version'
	else
		case $command in
		status | doctor) words='--json' ;;
		top) words='--batch --interval --count --help' ;;
		bench)
			words='--depth --pairs --seconds --memory --json --yes'
			words="$words --help" ;;
		esac
		# A number is to follow.
		case ${COMP_WORDS[COMP_CWORD - 1]} in
		--interval | --count | --depth | --pairs | --seconds | --memory)
			words='' ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _kcompressdctl kcompressdctl
