# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests in the booted Debian have in common.

stat_file=/sys/kernel/mm/kcompressd/node0/stat

value_is() # FILE VALUE
{
	[ "$(cat "$1")" = "$2" ] || {
		echo "$1 is $(cat "$1"), not $2"
		return 1
	}
}

status_is() # EXIT-STATUS COMMAND...
{
	local rc=0

	"${@:2}" || rc=$?
	[ "$rc" -eq "$1" ] || {
		echo "exit status $rc, not $1"
		return 1
	}
}

# Until the command succeeds.
wait_for() # SECONDS COMMAND...
{
	local end=$((SECONDS + $1))

	until "${@:2}" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || {
			echo "not within $1 s: ${*:2}"
			return 1
		}
		sleep 0.5
	done
}

counter() # NAME
{
	awk -v name="$1" '$1 == name { print $2 }' "$stat_file"
}

vmstat() # NAME
{
	awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat
}

# Has a number that COMMAND prints grown by so much?
grew() # FROM BY COMMAND...
{
	[ "$("${@:3}")" -ge $(($1 + $2)) ]
}

# Memory that is filled, and then rewritten all the time, each page compared before,
# whole. Eight times in each stand its number and how often it was written. Compressed
# it takes an eighth, so that there is room for it beside what is protected. After each
# megabyte it rests, and it is the last to get a CPU, or a slow machine would get
# nothing else done. Stopped, it looks at all once more and says how many it has
# compared; by SIGINT, since whoever kills it for its memory shall not wait for that.
hog_program=$(cat <<'END'
	my ($pages, $stop, $compared, $i, @a) = (256 * shift, 0, 0, 0);
	my $mixed = pack("N*", map { $_ * 2654435761 % 4294967296 } 1 .. 100);
	my @parts = ("", $mixed . "x" x 104, ("x" x 504) x 7);
	$SIG{INT} = sub { $stop = 1 };
	sub page { join(pack("NN", @_), @parts) }
	sub compare {
		my ($n, $times) = ($_[0] % $pages, int($_[0] / $pages));
		substr($a[$n >> 8], 4096 * ($n & 255), 4096) eq page($n, $times)
			or die "page $n is not as it was\n";
		$compared++;
		return ($n, $times);
	}
	for my $n (0 .. $pages - 1) {
		$a[$n >> 8] .= page($n, 0);
	}
	for (; !$stop; $i++) {
		my ($n, $times) = compare($i);
		substr($a[$n >> 8], 4096 * ($n & 255), 4096) = page($n, $times + 1);
		select undef, undef, undef, 0.02 if ($n & 255) == 255;
	}
	# All of it, once more.
	compare($_) for $i .. $i + $pages - 1;
	print "$compared pages compared, all as they were\n";
END
)

# Starts one, as a unit that can be asked what became of it.
hog() # UNIT MB [SYSTEMD-RUN-OPTION...]
{
	rm -f "hog.$1"
	systemd-run --quiet --unit="$1" --slice=hogs.slice -p Nice=19 \
		-p OOMScoreAdjust=500 -p KillSignal=SIGINT -p TimeoutStopSec=300 \
		-p StandardOutput="truncate:$PWD/hog.$1" "${@:3}" \
		perl -e "$hog_program" "$2"
}

hog_runs() # UNIT
{
	[ "$(systemctl is-active "$1")" = active ] || {
		journalctl --no-pager -b -n 30 -u "$1" -u earlyoom \
			-u systemd-oomd
		cat /proc/swaps "hog.$1"
		return 1
	}
}

hog_ends_well() # UNIT
{
	hog_runs "$1" || return
	systemctl stop "$1"
	hog_was_right "hog.$1"
}

# It does not say so of none.
hog_was_right() # FILE
{
	cat "$1"
	grep -qx '[1-9][0-9]* pages compared, all as they were' "$1"
}

# The end of a load, and what became of its pages.
hog_end() # NAME UNIT
{
	tally_run "$1" hog_ends_well "$2"
	sed "s/^/# $2: /" "hog.$2"
}

# PERCENT of all memory, in MB.
memory_share() # PERCENT
{
	awk -v part="$1" '/^MemTotal/ { print int(part * $2 / 102400) }' \
		/proc/meminfo
}

# More than memory holds; until the module has work.
pressure_begin()
{
	local queued

	queued=$(counter queued)
	hog pressure "$(memory_share 105)" && wait_for 90 grew "$queued" 1000 \
		counter queued
}

# A cgroup at its limit reclaims for itself, and that is left to the kernel.
cgroup_alone() # LIMIT, as systemd-run takes it
{
	local offered swapped

	offered=$(counter offered)
	swapped=$(vmstat pswpout)
	hog limited 200 -p "$1"
	wait_for 60 grew "$swapped" 20000 vmstat pswpout &&
		value_of_offered "$offered" && hog_runs limited
}

value_of_offered() # VALUE
{
	[ "$(counter offered)" -eq "$1" ] || {
		echo "offered grew from $1 to $(counter offered)"
		return 1
	}
}

# Instead of zram.
zswap_begin()
{
	swapoff -a && mkswap /dev/vdc && swapon /dev/vdc &&
		echo Y >/sys/module/zswap/parameters/enabled
}
