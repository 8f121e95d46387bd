# shellcheck shell=sh
# scratch.sh: a throw-away home and store, for the tests (tap.sh) and for make shell.

# scratch_open NAME: makes a fresh folder $T with a store of its own ($BGJOB_HOME), removes
# variables that change how bgjob behaves from the environment, and puts $BIN first in PATH
scratch_open()
{
	for scratch_name in $(env | sed -n 's/^\(BGJOB_[A-Z0-9_]*\)=.*/\1/p') XDG_STATE_HOME \
		XDG_DATA_HOME NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID; do
		unset "$scratch_name"
	done
	T=$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX") && T=$(cd "$T" && pwd -P) || return
	mkdir "$T/.tap" "$T/config" || return
	HOME=$T
	BGJOB_HOME=$T/store
	XDG_CONFIG_HOME=$T/config
	PATH=$BIN:$PATH
	export HOME BGJOB_HOME XDG_CONFIG_HOME PATH
}

# Process ids of everything started with a store in $T, or that works in $T, and of descendants;
# not of this shell.
scratch_processes()
{
	{
		env -u BGJOB_HOME grep -lsazF "BGJOB_HOME=$T/" /proc/[0-9]*/environ
		find /proc/[0-9]*/cwd -maxdepth 0 \( -lname "$T" -o -lname "$T/*" \)
	} 2>/dev/null | cut -d/ -f3 >"$T/.tap/pids"
	ps -eo pid=,ppid=,comm= >"$T/.tap/ps"
	awk -v self=$$ '
		BEGIN { mine[self] }
		FNR == NR { mine[$1]; next }
		$2 != self || $3 != "ps" { parent[$1] = $2 }
		END {
			do {
				grew = 0
				for (p in parent)
					if (!(p in mine) && parent[p] in mine) { mine[p]; grew = 1 }
			} while (grew)
			delete mine[self]
			for (p in mine) if (p in parent) print p
		}' "$T/.tap/pids" "$T/.tap/ps"
}

# Stop them first, so that none can start another during the search, then end them.
scratch_end_processes()
{
	scratch_rounds=0
	while [ $scratch_rounds -lt 100 ] && scratch_processes >"$T/.tap/all" && [ -s "$T/.tap/all" ]; do
		# shellcheck disable=SC2046
		kill -STOP $(cat "$T/.tap/all") 2>/dev/null
		scratch_processes >"$T/.tap/all"
		# shellcheck disable=SC2046
		kill -KILL $(cat "$T/.tap/all") 2>/dev/null
		scratch_rounds=$((scratch_rounds + 1))
	done
}

# Ends what runs there and removes the folder, or keeps it if KEEP=1 is set.
scratch_close()
{
	trap '' HUP INT TERM
	cd / || return
	scratch_end_processes
	case ${KEEP:-} in
	'' | 0) ;;
	*)
		echo "# kept: $T"
		return
		;;
	esac
	chmod -R u+rwX "$T" 2>/dev/null
	rm -rf --one-file-system "$T"
}
