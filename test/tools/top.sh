# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# kcompressdctl top

# Field of the one line that --batch has printed.
batch_field() # NAME
{
	awk -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) f = i }
		NR == 2 { print f ? $f : "none" }' "$said"
}

between() # NAME LEAST MOST
{
	local value

	value=$(batch_field "$1")
	awk -v v="$value" -v a="$2" -v b="$3" 'BEGIN { exit !(v != "none" && v >= a && v <= b) }' || {
		echo "$1 is $value, not $2 to $3"
		cat "$said"
		return 1
	}
}

put_thread() # PID COMM NS
{
	put "proc/$1/comm" "$2"
	put "proc/$1/schedstat" "$3 0 0"
}

# Between two samples of four seconds, these values change.
top_rates()
{
	local pid

	put_thread 40 kswapd0 1000000000
	put_thread 41 kworker/u8:1-events_unbound 1000000000
	put_thread 42 kworker/u8:2+kcompressd0 1000000000
	put_thread 43 kworker/u8:3-writeback 1000000000
	put_stat 1 offered 500
	ctl 0 top --batch --count 1 --interval 4 &
	pid=$!
	sleep 2
	put_thread 40 kswapd0 2000000000
	put_thread 41 kworker/u8:1-kcompressd0 1200000000
	put_thread 42 kworker/u8:2-events_unbound 1200000000
	put_thread 43 kworker/u8:3-writeback 9000000000
	put_thread 44 kworker/u8:4+kcompressd1 100000000
	put_stat 0 offered 1400 bypassed_off 43 bypassed_device 117 queued 1240 \
		written_worker 700 written_kswapd 500 waiting 40 \
		handback_freed 433 failed_writes 20
	put_stat 1 offered 900 waiting 7
	put_histogram 0 wait 0 0 0 0 0 0 0 0 0 0 90 0 0 10
	put_histogram 0 write 0 0 0 7
	put proc/vmstat 'allocstall_normal 30' 'allocstall_movable 50' \
		'pgsteal_anon 4000'
	wait "$pid" || {
		cat "$said"
		return 1
	}
	# A busy host may take longer than four seconds, but not twice as long.
	between offered/s 100 200 && between bypass/s 7.5 15 &&
		between worker/s 25 50 && between kswapd/s 15 30 &&
		between freed/s 12.5 25 && between fail/s 2.5 5 &&
		between waiting 47 47 && between stalls/s 10 20 &&
		between anon/s 500 1000 && between kswapd% 12.5 25 &&
		between workers% 6.2 12.5 && between wait50us 2 2 &&
		between wait99us 16 17 && between write50us 0 0.1
}

# Counters that begin anew must not show as something enormous.
top_reloaded()
{
	local pid

	ctl 0 top --batch --count 1 --interval 4 &
	pid=$!
	sleep 2
	put_stat 0 offered 5 queued 5
	wait "$pid" && between offered/s 0 0
}

top_unloaded()
{
	local pid

	ctl 4 top --batch --interval 4 &
	pid=$!
	sleep 2
	rm -r "${tree:?}/sys/module/kcompressd" "$tree/sys/kernel/mm/kcompressd"
	wait "$pid" && says 'was unloaded'
}

top_refused()
{
	ctl 1 top && says --batch || return
	tree_new
	ctl 4 top && says 'modprobe kcompressd' && ctl 4 top --batch
}

# A server that ends may still take a moment, so each has a socket of its own.
terminal() # TMUX-COMMAND...
{
	TMUX='' tmux -S "$top_socket" -f /dev/null "$@"
}

# Until the screen shows a text; it is left in $said.
screen_shows() # TEXT
{
	local tries=100

	while ! { terminal capture-pane -p -t top 2>/dev/null || true; } |
		tee "$said" | grep -qF -e "$1"; do
		[ $((tries -= 1)) -gt 0 ] || {
			echo "the screen never shows '$1':"
			cat "$said"
			return 1
		}
		sleep 0.1
	done
}

top_in_terminal()
{
	top_socket=$(mktemp -u "$work/tmux-XXXXXX")
	terminal new-session -d -s top -x 80 -y 24 \
		"KCOMPRESSD_ROOT='$tree' TERM=$1 '$tool' top ${2-}; \
			echo exit status \$?; sleep 60"
}

top_screen()
{
	top_in_terminal screen && screen_shows 'q quits' &&
		says 'kcompressd 0.1.0: on, depth 24, writers automatic' \
			'offered by kswapd' 1000 'written by workers' \
			'[#################################.......] 20/24' \
			'allocation stalls' kswapd || return
	put_stat 0 offered 7654321 waiting 6
	screen_shows 7654321 && says '[##########..............................] 6/24'
}

top_resized()
{
	local size

	for size in 40x12 20x4 200x60 80x24; do
		top_in_terminal screen && screen_shows OLIOS &&
			terminal resize-window -t top -x "${size%x*}" \
				-y "${size#*x}" &&
			put_stat 0 offered 1 && sleep 0.3 &&
			screen_shows 'kcompressd 0.1.0' || return
		[ "${size%x*}" -lt 80 ] ||
			screen_shows 'allocation stalls' || return
		terminal send-keys -t top q && terminal resize-window -t top -x 80 -y 24 &&
			screen_shows 'exit status 0' || return
		terminal kill-server
	done
}

top_quits()
{
	top_in_terminal vt100 && screen_shows 'q quits' &&
		terminal send-keys -t top q && screen_shows 'exit status 0' &&
		! grep -q 'q quits' "$said"
}

top_counts()
{
	top_in_terminal vt100 '--count 1' && screen_shows 'exit status 0'
}

top_poor_terminal()
{
	top_in_terminal no-such-terminal && screen_shows 'exit status 1' &&
		says --batch
}

top_all()
{
	local name

	check 'top --batch: rates' tree_new_loaded top_rates
	check 'top --batch: the module is loaded anew' tree_new_loaded top_reloaded
	check 'top --batch: the module is unloaded' tree_new_loaded top_unloaded
	check 'top: no terminal, no module' tree_new_loaded top_refused
	for name in screen resized quits counts poor_terminal; do
		check "top: terminal: ${name//_/ }" tree_new_loaded "top_$name"
		for top_socket in "$work"/tmux-*; do
			terminal kill-server 2>/dev/null || true
		done
	done
}
