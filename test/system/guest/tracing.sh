# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Each recipe of docs/tracing.md, as it stands there, under pressure.

# The page tells of another name of the hooked function.
hooked=swap_writepage
! grep -q ' swap_writeout$' /proc/kallsyms || hooked=swap_writeout

# What stands between ```sh and ``` in the page.
recipe() # NUMBER
{
	awk -v n="$1" -v hooked="$hooked" '/^```sh/ { if (++i == n) { on = 1; next } }
		/^```/ { on = 0 }
		on { sub(/swap_writepage/, hooked); print }' tracing.md
}

# bpftrace has compiled its program and put it at the event.
listens()
{
	find "/proc/$(pgrep -nx bpftrace)/fd" -lname 'anon_inode:*perf_event*' \
		-o -lname 'anon_inode:*bpf_link*' 2>/dev/null |
		grep -q .
}

# Those that have no end of their own get Ctrl-C once they have listened for a
# while; how long they take to get there depends on the machine. Who lists callers
# sees kswapd among them. No folio need take the kernel's own way meanwhile, so the
# recipe for those only has to listen without an error.
recipe_works() # NUMBER
{
	local pid rc=0

	recipe "$1" | tee recipe.sh
	timeout --signal=INT --kill-after=40 120 bash -eu recipe.sh >out 2>&1 &
	pid=$!
	if grep -q bpftrace recipe.sh; then
		wait_for 100 listens || rc=1
		sleep 5
		kill -INT $pid
	fi
	wait $pid
	cat out
	[ $rc -eq 0 ] &&
		{ grep -q _bypass recipe.sh || grep -v '^Attach' out | grep -qE '[1-9]'; } &&
		! grep -qiE 'error|cannot|fail' out &&
		! { grep -q '^bpftrace.*comm' recipe.sh && ! grep -q kswapd out; }
}

# Reads the compiler in, which takes minutes once memory is short.
tally_run 'bpftrace works' bpftrace -e 'BEGIN { exit(); }'
tally_run 'pressure' pressure_begin
n=1
while [ -n "$(recipe $n)" ]; do
	begin=$SECONDS
	tally_run "recipe: $(recipe $n | head -n 1 | cut -c 1-60)" recipe_works $n
	echo "# $((SECONDS - begin)) s"
	n=$((n + 1))
done
tally_run 'there are recipes' test $n -gt 12
hog_end 'no page was lost' pressure
