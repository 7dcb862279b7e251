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

# Memory that is filled, and then rewritten all the time, each page's content
# checked. Compressed it takes an eighth, so that there is room for it beside what
# is protected. After each megabyte it rests, and it is the last to get a CPU, or
# a slow machine would get nothing else done.
hog_program=$(cat <<'END'
	my ($mb, @a) = (shift);
	my $mixed = pack("N*", map { $_ * 2654435761 % 4294967296 } 1 .. 127);
	my $page = pack("N", 0) . $mixed . "x" x 3584;
	push @a, $page x 256 for 1 .. $mb;
	for (my $i = 1;; $i++) {
		for my $s (@a) {
			for my $p (0 .. 255) {
				unpack("N", substr($s, 4096 * $p, 4)) == $i - 1 &&
					substr($s, 4096 * $p + 4, 508) eq $mixed
					or die "a page is not as it was";
				substr($s, 4096 * $p, 4) = pack("N", $i);
			}
			select undef, undef, undef, 0.02;
		}
	}
END
)

# Starts one, as a unit that can be asked what became of it.
hog() # UNIT MB [SYSTEMD-RUN-OPTION...]
{
	systemd-run --quiet --unit="$1" --slice=hogs.slice -p Nice=19 \
		-p OOMScoreAdjust=500 "${@:3}" perl -e "$hog_program" "$2"
}

hog_runs() # UNIT
{
	[ "$(systemctl is-active "$1")" = active ] || {
		journalctl --no-pager -b -n 30 -u "$1" -u earlyoom \
			-u systemd-oomd
		cat /proc/swaps
		return 1
	}
}

hog_end() # UNIT...
{
	systemctl stop "$@"
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

pressure_end()
{
	hog_end pressure
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
