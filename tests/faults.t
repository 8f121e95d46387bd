#!/bin/sh
# Full disks and failing disks: nothing acknowledged is lost, nothing is reported that did not
# happen. And results of any bytes and any size are complete.
#
# The full disks are small file systems of the test's own, in a mount namespace of its own. With
# BGJOB_TEST_LARGE=1 the large result has 4 GiB instead of 64 MiB.
large=${BGJOB_TEST_LARGE:+4096}

# The namespace first, then everything else: its mounts go away with it.
if [ -z "${FAULTS_NAMESPACE:-}" ]; then
	[ "$(id -u)" -eq 0 ] && map=-m || map=-mr
	if unshare "$map" true 2>/dev/null; then
		FAULTS_NAMESPACE=yes exec unshare "$map" sh "$0" "$@"
	fi
	FAULTS_NAMESPACE=no
fi

. "$(dirname "$0")/tap.sh"
BGJOB_MIN_FREE=1
export BGJOB_MIN_FREE
fakes=$(dirname "$BIN")/fakes

# ---- results are complete ----

# told NAME COMMAND...: passes if the command succeeds; the command prints its own diagnosis
told()
{
	tap_name=$1
	shift
	if "$@"; then
		pass "$tap_name"
	else
		fail "$tap_name"
	fi
}

# all_there NAME FILE OPTION...: the job's stdout is what is in the file
all_there()
{
	name=$1 file=$2
	shift 2
	id=$(bgjob-submit "$@") && bgjob-run --drain
	same "$name" "$file" bgjob-output "$id"
}

LC_ALL=C awk 'BEGIN { for (i = 0; i < 4096; i++) printf "%c", i % 256 }' >bytes
[ "$(wc -c <bytes)" -eq 4096 ] || fail 'there are 4096 bytes to try'
all_there 'binary bytes' bytes -- cat bytes
printf 'no newline' >text
all_there 'no final newline' text -- cat text
: >nothing
all_there 'empty' nothing -- true
printf '\0' >nul
all_there 'one NUL' nul -- cat nul
head -c 1048576 /dev/urandom >block
all_there 'the largest that is kept inside' block -- cat block
{
	cat block
	echo
} >beyond
all_there 'one byte more' beyond -- cat beyond

# produce N: N MiB and a little, in which no piece can be lost, doubled or moved unnoticed
cat >produce <<'END'
i=0
while [ $i -lt "$1" ]; do
	echo $i
	cat block
	i=$((i + 1))
done
END

size=${large:-64}
room=$(df -Pm . | awk 'NR == 2 { print $4 }')
if [ "$room" -gt $((size + 512)) ]; then
	want=$(sh produce "$size" | sha256sum)
	id=$(bgjob-submit -- sh produce "$size")
	start_pool -j 2
	got=$(bgjob-output -f "$id" | sha256sum)
	told "$size MiB, followed while it is written" [ "$got" = "$want" ]
	is 'it is done' 0 '' bgjob-wait "$id"
	got=$(bgjob-output "$id" | sha256sum)
	told "$size MiB, read afterwards" [ "$got" = "$want" ]
	stop_pool
	ok 'the store is whole' bgjob-recover --check
else
	skip "$size MiB" "only $room MiB of room"
fi
rm -rf store

# ---- full disks ----

# disk KIND MIB: a file system of that size at $T/disk, with a store on it
disk()
{
	mkdir -p disk
	case $1 in
	tmpfs) mount -t tmpfs -o size="$2m",mode=700 tmpfs disk ;;
	ext4)
		rm -f image
		truncate -s "$2M" image
		mkfs.ext4 -q -m 0 image && mount -o loop image disk
		;;
	esac 2>/dev/null || return 1
	BGJOB_HOME=$T/disk/store
}

undisk()
{
	scratch_end_processes
	umount disk 2>/dev/null || umount -l disk
	BGJOB_HOME=$T/store
}

# fill: leaves no byte free; the reserve can be given back
fill()
{
	head -c 1500000 /dev/zero >disk/reserve 2>/dev/null
	dd if=/dev/zero of=disk/filler bs=64k 2>/dev/null
	dd if=/dev/zero of=disk/filler2 bs=1k 2>/dev/null
	dd if=/dev/zero of=disk/filler3 bs=1 count=8192 2>/dev/null
}

make_room()
{
	rm -f disk/filler disk/filler2 disk/filler3 disk/reserve
}

said()
{
	grep -qE -e "$1" pool.err
}

jobs_stored()
{
	bgjob-status -n 100000 | wc -l
}

whole()
{
	ok "$1: the store is whole" bgjob-recover --check
}

# the job waits for its gate, so that the disk is full exactly when it ends
gated()
{
	rm -f gate
	mkfifo gate
	id=$(bgjob-submit "$@")
	wait_for 20 has_status "$id" running || fail "job $id runs"
	wait_for 20 has_output "$id" || fail "job $id has written"
}

has_output()
{
	[ "$(bgjob-output "$1" | wc -c)" -gt 0 ]
}

a_job_that_fills_the_disk()
{
	: >pool.err
	head -c 1500000 /dev/zero >disk/reserve
	id=$(bgjob-submit -- dd if=/dev/zero bs=64k)
	start_pool
	wait_for 20 full || fail "$1: the job fills the disk"
	sleep 0.3
	rm -f disk/reserve
	told "$1: a job that fills the disk fails" wait_for 30 has_status "$id" failed
	is "$1: and its record says why" 0 'exit 1; the disk was full' field "$id" Reason
	zeros=$(bgjob-output "$id" | wc -c)
	told "$1: what it had written is kept" [ "$zeros" -gt 10000000 ]
	told "$1: and nothing else" [ "$(bgjob-output "$id" | tr -d '\0' | wc -c)" -eq 0 ]
	told "$1: the runner lives" kill -0 "$pool"
	stop_pool
	whole "$1"
}

# full: whether nothing can be written any more
full()
{
	[ "$(df -Pk disk | awk 'NR == 2 { print $4 }')" -lt 64 ]
}

a_commit_on_a_full_disk()
{
	: >pool.err
	start_pool
	gated -- sh -c 'head -c 500000 /dev/zero; read x <gate; exit 7'
	fill
	echo >gate
	told "$1: an end that cannot be recorded is said" wait_for 20 said 'will try again'
	told "$1: the runner lives" kill -0 "$pool"
	is "$1: the job is not called ended before it is recorded" 0 'running' field "$id" Status
	make_room
	wait_for 30 has_status "$id" failed
	like "$1: with room again the true end is recorded" 0 '^exit 7' field "$id" Reason
	is "$1: and all of its output" 0 500000 sh -c 'bgjob-output "$1" | wc -c' sh "$id"
	is "$1: it was said once" 0 1 grep -c 'will try again' pool.err
	stop_pool
	whole "$1"
}

a_record_on_a_full_disk()
{
	start_pool
	gated -- sh -c 'echo began; read x <gate; exit 9'
	fill
	stop_pool KILL
	echo >gate
	wait_for 20 shim_ended "$id" || fail "$1: the shim has ended"
	make_room
	bgjob-run --drain 2>>pool.err
	like "$1: an exit record needs no room" 0 '^exit 9' field "$id" Reason
	is "$1: its output is there" 0 began bgjob-output "$id"
	whole "$1"
}

shim_ended()
{
	! pgrep -f "bgjob-shim $1-" >/dev/null
}

a_submission_on_a_full_disk()
{
	before=$(jobs_stored)
	fill
	awk 'BEGIN { while (n++ < 20000) print "{\"command\":[\"true\"],\"label\":\"full\"}" }' >lines
	err "$1: a submission without room is refused" 3 '^bgjob-submit: .*(full|No space)' \
		bgjob-submit --input-text "$(head -c 100000 /dev/zero | tr '\0' x)" -- cat
	err "$1: so is a large input" 3 '^bgjob-submit: .*(full|No space)' \
		bgjob-submit -i /dev/zero -- cat
	err "$1: and a batch" 3 '^bgjob-submit: .*(full|No space)' sh -c 'bgjob-submit --batch <lines'
	is "$1: reading goes on" 0 "$before" jobs_stored
	is "$1: nothing lies about" 1 '' sh -c 'find "$BGJOB_HOME/results" -type f 2>/dev/null | grep .'
	make_room
	is "$1: nothing half is recorded" 0 "$before" jobs_stored
	is "$1: with room it is taken" 0 20000 sh -c 'bgjob-submit --batch <lines | wc -l'
	bgjob-status -l full -n 100000 | bgjob-cancel - >/dev/null
	whole "$1"
}

a_new_store_on_a_full_disk()
{
	mkdir -p disk/other
	fill
	err "$1: a store that cannot be made is one line" 3 '^bgjob-submit: .*(full|No space|I/O error)' \
		env BGJOB_HOME="$T/disk/other/store" bgjob-submit -- true
	make_room
	is "$1: and is made with room" 0 1 env BGJOB_HOME="$T/disk/other/store" bgjob-submit -- true
	ok "$1: the new store is whole" env BGJOB_HOME="$T/disk/other/store" bgjob-recover --check
	rm -rf disk/other
}

a_start_on_a_full_disk()
{
	: >pool.err
	start_pool
	id=$(bgjob-submit --in 2s -- echo started)
	fill
	told "$1: a start that finds no room is said" wait_for 20 said 'cannot create|will try again|too little'
	is "$1: the job is still queued" 0 queued field "$id" Status
	told "$1: the runner lives" kill -0 "$pool"
	make_room
	told "$1: with room it runs" wait_for 30 has_status "$id" 'done'
	is "$1: once" 0 started bgjob-output "$id"
	stop_pool
	whole "$1"
}

too_little_room()
{
	: >pool.err
	free=$(df -Pk disk | awk 'NR == 2 { print $4 }')
	BGJOB_MIN_FREE=$((free - 1024))k
	head -c 3000000 /dev/zero >disk/filler
	id=$(bgjob-submit -- echo room)
	start_pool
	told "$1: below BGJOB_MIN_FREE is said" wait_for 20 said 'too little free space'
	is "$1: nothing is started" 0 queued field "$id" Status
	rm -f disk/filler
	told "$1: with room it goes on" wait_for 30 has_status "$id" 'done'
	is "$1: it was said once" 0 1 grep -c 'too little free space' pool.err
	stop_pool
	BGJOB_MIN_FREE=1
}

for kind in tmpfs ext4; do
	for what in a_job_that_fills_the_disk a_commit_on_a_full_disk a_record_on_a_full_disk \
		a_submission_on_a_full_disk a_new_store_on_a_full_disk a_start_on_a_full_disk \
		too_little_room; do
		if [ "$FAULTS_NAMESPACE" = no ] || ! disk $kind 32; then
			skip "$kind: $what" 'no file system can be mounted here'
			continue
		fi
		bgjob-submit -- true >/dev/null
		bgjob-run --drain
		$what $kind
		undisk
	done
done

# ---- failing disks ----

# faulty AT COMMAND...: runs it with call number AT failing; fired(): whether that call was reached
faulty()
{
	at=$1
	shift
	rm -f "fired.$at"
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD=$fakes/disk_fault.so \
		FAULT_AT=$at FAULT_UNDER=$BGJOB_HOME/ FAULT_LOG=$T/fired.$at "$@"
}

fired()
{
	[ -e "fired.$1" ]
}

# one verdict for a loop over many places: problems are collected
problem()
{
	printf '%s\n' "$*" >>problems
}

begin_loop()
{
	: >problems
	places=0
}

# end_loop NAME LEAST: no problem, and there were at least so many places
end_loop()
{
	[ "$places" -ge "$2" ] || problem "only $places places"
	told "$1 ($places places)" [ ! -s problems ]
	diag <problems
}

check_store()
{
	bgjob-recover --check >check.out 2>&1 || problem "$1: $(head -n 1 check.out)"
}

exists()
{
	bgjob-status "$1" >/dev/null 2>&1
}

submit_on_a_failing_disk()
{
	begin_loop
	n=1
	while [ $n -lt 200 ]; do
		faulty $n bgjob-submit --env NONE -l "place $n" -- true >id 2>said
		status=$?
		fired $n || break
		places=$((places + 1))
		case $status in
		0) exists "$(cat id)" || problem "place $n: the printed id is not there" ;;
		3)
			[ ! -s id ] || problem "place $n: an id and a failure"
			[ "$(wc -l <said)" -eq 1 ] || problem "place $n: $(wc -l <said) lines"
			;;
		*) problem "place $n: exit $status" ;;
		esac
		check_store "place $n"
		n=$((n + 1))
	done
	end_loop "$1" 3
}

cancel_on_a_failing_disk()
{
	begin_loop
	n=1
	while [ $n -lt 200 ]; do
		id=$(bgjob-submit -- true)
		faulty $n bgjob-cancel "$id" >/dev/null 2>said
		status=$?
		fired $n || break
		places=$((places + 1))
		now=$(field "$id" Status)
		case $status in
		0) [ "$now" = cancelled ] || problem "place $n: exit 0, but $now" ;;
		3) [ "$now" = cancelled ] || [ "$now" = queued ] || problem "place $n: exit 3, but $now" ;;
		*) problem "place $n: exit $status" ;;
		esac
		check_store "place $n"
		n=$((n + 1))
	done
	end_loop "$1" 3
}

cancel_running_on_a_failing_disk()
{
	begin_loop
	start_pool -j 4
	n=1
	while [ $n -lt 200 ]; do
		id=$(bgjob-submit -- sleep 1000)
		wait_for 20 has_status "$id" running || problem "place $n: job $id does not run"
		faulty $n bgjob-cancel "$id" >/dev/null 2>said
		status=$?
		[ $status -eq 0 ] || bgjob-cancel "$id" >/dev/null 2>said ||
			problem "place $n: a second cancel fails: $(cat said)"
		wait_for 20 has_status "$id" cancelled || problem "place $n: $(field "$id" Status)"
		fired $n || break
		places=$((places + 1))
		n=$((n + 1))
	done
	stop_pool
	check_store 'afterwards'
	end_loop "$1" 2
}

# Job 1 writes a little, job 2 more than is kept inside the store.
# drain_place N ONWARDS: a new store, a runner whose disk fails, then one whose disk works
drain_place()
{
	BGJOB_HOME=$T/place.$1
	cp -a template "$BGJOB_HOME"
	(
		[ "$2" = once ] || export FAULT_ONWARDS=1
		faulty "$1" timeout 6 bgjob-run -j 2 --drain >/dev/null 2>"said.$1"
	)
	bgjob-run -j 2 --drain 2>>"said.$1"
}

# judge_place N: both jobs ran once for each attempt, are done and have their output
judge_place()
{
	BGJOB_HOME=$T/place.$1
	check_store "place $1"
	for id in 1 2; do
		now=$(field $id Status) starts=$(grep -c "^$id " "ledger.$1")
		[ "$now" = 'done' ] || problem "place $1: job $id $now: $(field $id Reason)"
		[ "$now" != 'done' ] || [ "$starts" -ge 1 ] || problem "place $1: job $id never ran"
		[ -z "$(sort "ledger.$1" | uniq -d)" ] || problem "place $1: an attempt started twice"
		[ "$starts" -le 1 ] || problem "place $1: job $id started $starts times"
		[ "$now" != 'done' ] || [ "$(bgjob-output $id | wc -c)" -eq $((1500 * (id * 1000 - 999))) ] ||
			problem "place $1: job $id has another output"
	done
	rm -rf "$BGJOB_HOME"
}

# 8 at a time: a runner pauses for two seconds before it tries again
drain_on_a_failing_disk()
{
	begin_loop
	rm -rf store template ledger.*
	BGJOB_HOME=$T/store
	for id in 1 2; do
		bgjob-submit -c 'echo "$BGJOB_ID $BGJOB_ATTEMPT" >>"$T/ledger.${BGJOB_HOME##*.}"
			head -c $((1500 * (BGJOB_ID * 1000 - 999))) /dev/zero' >/dev/null
	done
	mv store template
	n=1 more=yes
	while [ $more = yes ] && [ $n -lt 200 ]; do
		for k in 0 1 2 3 4 5 6 7; do
			drain_place $((n + k)) "$2" &
		done
		wait
		for k in 0 1 2 3 4 5 6 7; do
			fired $((n + k)) && places=$((places + 1)) || more=no
			judge_place $((n + k))
		done
		n=$((n + 8))
	done
	BGJOB_HOME=$T/store
	end_loop "$1" 8
}

if [ -e "$fakes/disk_fault.so" ]; then
	rm -rf store
	bgjob-submit -- true >/dev/null
	bgjob-run --drain
	submit_on_a_failing_disk 'bgjob-submit on a disk that fails once'
	FAULT_ONWARDS=1
	export FAULT_ONWARDS
	submit_on_a_failing_disk 'bgjob-submit on a disk that fails from then on'
	cancel_on_a_failing_disk 'bgjob-cancel on a disk that fails from then on'
	unset FAULT_ONWARDS
	cancel_on_a_failing_disk 'bgjob-cancel on a disk that fails once'
	bgjob-status -s queued -n 100000 | bgjob-cancel - >/dev/null
	cancel_running_on_a_failing_disk 'bgjob-cancel of a running job on a disk that fails once'
	drain_on_a_failing_disk 'bgjob-run on a disk that fails once' once
	drain_on_a_failing_disk 'bgjob-run on a disk that fails for six seconds' onwards
else
	skip 'failing disks' "no $fakes/disk_fault.so: make check builds it"
fi
finish
