# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which kernels may leave a case out, by what it says. Any other is to run it: what the
# case has not found may be gone for a fault of its own.

skip_is_known() # KERNEL REASON
{
	case $2 in
	*'has no MGLRU' | *'has the classic LRU only'*) [[ $1 == @(5.*|6.0*) ]] ;;
	*'waits for each CPU'\''s worker'* | *'has no memory.zswap.max' | \
		*'lets no BPF program share a function' | \
		*'does not charge groups for what is in zswap') [[ $1 == 5.* ]] ;;
	*'has no memory.zswap.writeback') [[ $1 == @(5.*|6.[016]|6.[016]-*) ]] ;;
	*'has no fprobe events') [[ $1 == @(5.*|6.[01]|6.[01]-*|6.12-arm64) ]] ;;
	*'has no folios of 64 KiB for anonymous memory')
		[[ $1 == @(5.*|6.[01]|6.[01]-*|*-rt) ]] ;;
	*'has no huge pages') [[ $1 == *-rt ]] ;;
	*'has no zswap') [[ $1 == 6.*-cloud ]] ;;
	*'cannot be told that memory has failed')
		[[ $1 == @(6.1-cloud|*-debug|*-kcsan|*-clang) ]] ;;
	*'has no livepatches') [[ $1 == *-arm64 ]] ;;
	*'has no landing pads') [[ $1 == @(5.*|6.1|6.1-*|*-arm64|*-debug|*-kcsan) ]] ;;
	*'has no BTF') [[ $1 == *-kcsan ]] ;;
	*'has BTF') [[ $1 != *-kcsan ]] ;;
	*'does not let ftrace be turned off' | 'nobody may turn it off on this kernel')
		[[ $1 == 7.3* ]] ;;
	*'injects no faults' | *'does not look for leaks') [[ $1 != *-debug ]] ;;
	*) false ;;
	esac
}
