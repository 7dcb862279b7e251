/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol between kswapd, the FIFO of one node, its writers, what hands
 * written folios back, and what turns it all off, for spin.
 *
 * Each step that the module does under the node's lock is one atomic step here,
 * and so is each access to a folio that the kernel makes atomic. All else may
 * come between. A comment names the C function that a part stands for; parts
 * without one are the kernel's, as coarse as the module may rely on.
 *
 * Checked (test/model/run): the assertions; that not all wait for each other; the
 * invariants of the process "watch"; what must hold at the end of init; with LIVE
 * that it gets there, whatever the order, if nobody is kept from running for ever.
 */

/* Sizes: test/model/run says which are checked. */
#ifndef FOLIOS
#define FOLIOS 2
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef DEPTH
#define DEPTH 2
#endif
/* Most folios that wait or are written and not yet freed: kcd_policy_bound(). */
#ifndef BOUND
#define BOUND 2
#endif
/* KCD_WRITER_SHARE_BEHIND; 1 brings several writers to few folios. */
#ifndef SHARE
#define SHARE 1
#endif
/* How much happens until unloading. */
#ifndef OFFERS
#define OFFERS 3
#endif
#ifndef TOUCHES
#define TOUCHES 1
#endif
#ifndef CHANGES
#define CHANGES 1
#endif
/* Memory is taken away once, beside all that (module/hotplug.c). */
#ifndef HOTPLUG
#define HOTPLUG 0
#endif

/* Writing may fail; a slot of swap may be given out again; pressure leaves no room. */
#ifndef FAILS
#define FAILS 1
#endif
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef PRESSURE
#define PRESSURE 1
#endif

/*
 * Who sees to folios that have waited for too long (module/late.c); writers that
 * get no CPU while anything waits.
 */
#ifndef LATE
#define LATE 0
#endif
/* Memory runs out once (module/oom.c). */
#ifndef OOM
#define OOM 0
#endif
#ifndef STARVED
#define STARVED 0
#endif

#define NONE 255

/* ---- folios ------------------------------------------------------------ */

/*
 * One for the mapping or the swap cache, one for who has isolated it, one for
 * the FIFO, one for who looks at it. 0: free memory.
 */
byte refs[FOLIOS];
bool locked[FOLIOS];
bool lru[FOLIOS];
bool mapped[FOLIOS];
bool dirty[FOLIOS];
/* Its slot in swap; 0: none. A slot that was given up may come again. */
byte swap[FOLIOS];
/* In kswapd's batch of isolated folios. */
bool batch[FOLIOS];
/* pageout() has cleared the dirty bit, and nobody has written it yet. */
bool owed[FOLIOS];
/* Its memory map; one that is absent must not even be looked at. */
mtype = { PRESENT, OFFLINE, ABSENT };
mtype map[FOLIOS] = PRESENT;

inline folio_free(f)
{
	assert(!owed[f] && !mapped[f] && !batch[f]);
	refs[f] = 0;
	locked[f] = false;
	lru[f] = false;
	dirty[f] = false;
	swap[f] = 0
}

inline folio_put(f)
{
	assert(refs[f]);
	refs[f]--;
	if
	:: refs[f] == 0 -> folio_free(f)
	:: else
	fi
}

/* Clean, unused and held by the reclaimer only: it may be freed. */
#define folio_unused(f) (swap[f] && !dirty[f] && !mapped[f] && refs[f] == 2)

/* ---- the node ---------------------------------------------------------- */

mtype = { IDLE, STARTS, RUNS, LINGERS };
mtype = { QUEUED, SWAPPED, SHED, REFUSED };

/* Folio, arrival. */
chan fifo = [DEPTH] of { byte, byte };
/* Folio, slot. */
chan written = [BOUND + 1] of { byte, byte };
byte writing;
byte checking;
byte nr_active;
mtype state[WRITERS] = IDLE;
bool going;
/* How deep the FIFO may be now. */
byte depth_now;
/* The node has been freed. */
bool destroyed;

#define unfreed (len(written) + checking)
#define waiters ((len(fifo) + SHARE - 1) / SHARE)

/* Numbers of the folios in the order in which kswapd brought them, modulo 8. */
byte arrived;
byte started;

/* The delayed work: pending, running, being cancelled; to be set off by kswapd. */
bool late_pending;
bool late_running;
bool late_cancelled;
bool late_owed;
/*
 * The late work is told not to ask how long, which it may do at any time here, and to
 * hand back; who would tell it so, and is about to.
 */
bool hurry;
bool oom_listens = OOM;
bool oom_helps;

inline start_in_order(n)
{
	assert(n == started);
	started = (started + 1) % 8
}

/* The workqueue: pending, running. */
bool work[WRITERS];
bool running[WRITERS];
/* The workqueue has taken it up, kcd_writer_begin() is to come. */
bool fresh[WRITERS];
/* Picked by somebody who is yet to call kcd_writer_start(). */
byte picked[WRITERS];
/* The wait queues node->more and node->drained. */
bool woken[WRITERS];
bool drain_sleeps[2];
bool drain_woken[2];

/* module/writer.c: kcd_writer_pick(), under the lock */
inline writer_pick(w)
{
	assert(!destroyed);
	w = NONE;
	if
	:: nr_active >= waiters || nr_active >= WRITERS
	:: else ->
		for (i : 0 .. WRITERS - 1) {
			if
			:: state[i] == LINGERS -> w = i
			:: state[i] == IDLE && w == NONE -> w = i
			:: else
			fi
		}
		if
		:: w == NONE
		/* Who lingers comes by itself: with room left it may be let sleep. */
		:: w != NONE && state[w] == LINGERS && len(fifo) < depth_now -> w = NONE
		:: w != NONE ->
			if
			:: state[w] == LINGERS -> state[w] = RUNS
			:: else -> state[w] = STARTS
			fi;
			nr_active++;
			picked[w]++
		fi;
		i = 0
	fi
}

/* module/writer.c: kcd_writer_start(), without the lock */
inline writer_start(w)
{
	if
	:: w == NONE
	:: else ->
		d_step {
			assert(!destroyed);
			if
			:: state[w] == STARTS -> work[w] = true
			:: else -> woken[w] = true
			fi;
			picked[w]--
		}
	fi
}

/* ---- the kernel's function --------------------------------------------- */

/* kswapd has not given up its CPU since synchronize_rcu_tasks() began. */
bool rcu_waits;

/*
 * swap_writepage(): once for each time that a folio is owed; may sleep. Failing,
 * it makes the folio dirty again; once in a while it leaves that one locked.
 */
inline kernel_write(f, kswapd)
{
	atomic {
		assert(refs[f] && locked[f] && owed[f]);
		if
		:: kswapd -> rcu_waits = false
		:: true
		fi
	}
	atomic {
		assert(refs[f] && locked[f] && owed[f]);
		owed[f] = false;
		if
		:: locked[f] = false
		:: FAILS -> locked[f] = false; dirty[f] = true
		:: FAILS -> activate = true; dirty[f] = true
		fi
	}
}

/* ---- writing and handing back ------------------------------------------ */

/* module/writer.c: kcd_writer_write() */
inline writer_write(f, kswapd)
{
	slot = swap[f];
	kernel_write(f, kswapd);
	d_step {
		if
		:: activate -> activate = false; locked[f] = false
		:: else
		fi;
		/* Failed, or dirtied again already: counted, not remembered. */
		flag = swap[f] && dirty[f];
		folio_put(f)
	}
	d_step {
		assert(!destroyed && writing);
		writing--;
		if
		:: flag
		:: else -> assert(nfull(written)); written!f,slot
		fi;
		slot = 0;
		flag = false
	}
	/* wq_has_sleeper(), wake_up() */
	d_step {
		assert(!destroyed);
		drain_woken[0] = drain_woken[0] || drain_sleeps[0];
		drain_woken[1] = drain_woken[1] || drain_sleeps[1]
	}
}

/* Written folios have waited for longer than KCD_HANDBACK_WAIT_NS. */
bool aged;

#define look(f) assert(map[f] != ABSENT)

/*
 * module/handback.c: kcd_handback_run(). One at a time: the batch of the C code
 * only saves taking the lock. What is freed here, kswapd is told of later; that
 * changes counters only.
 */
inline handback_run(f)
{
	/* kcd_handback_collect(), kcd_handback_ready() */
	atomic {
		assert(!destroyed);
		f = NONE;
		if
		:: empty(written)
		:: nempty(written) ->
			written?<f,slot>;
			look(f);
			if
			:: lru[f] || swap[f] != slot || aged ->
				written?f,slot; checking++
			:: !lru[f] && swap[f] == slot && !aged -> f = NONE
			/* Time passes elsewhere, too. */
			:: !lru[f] && swap[f] == slot && !aged ->
				written?f,slot; checking++
			fi
		fi
	}
	if
	:: f == NONE
	:: else ->
		/* kcd_handback_isolate(): a bare pointer, maybe of another now */
		atomic {
			look(f);
			flag = swap[f] == slot && refs[f];
			if
			:: flag -> assert(refs[f]); refs[f]++
			:: else
			fi
		}
		if
		:: flag ->
			flag = swap[f] == slot && !mapped[f] && !dirty[f];
			/* folio_isolate_lru() */
			atomic {
				look(f);
				flag = flag && lru[f];
				if
				:: flag -> lru[f] = false; refs[f]++
				:: else
				fi
			}
			d_step { folio_put(f) }
		:: else
		fi;
		if
		:: flag ->
			/* reclaim_pages(), for which it may be any folio */
			atomic {
				look(f);
				if
				:: !locked[f] && folio_unused(f) -> folio_free(f)
				:: else -> lru[f] = true; folio_put(f)
				fi
			}
		:: else
		fi;
		d_step {
			assert(!destroyed);
			checking--;
			flag = false;
			slot = 0;
			if
			:: len(written) == 0 -> aged = false
			:: else
			fi
		}
	fi
}

/* module/writer.c: kcd_writer_work() */
proctype writer(byte w)
{
	byte f, n, slot;
	bool flag, activate;

	do
	:: atomic {
		work[w] && (!STARVED || empty(fifo)) ->
		work[w] = false; running[w] = true; fresh[w] = true
		}
		/* kcd_writer_begin() */
		d_step {
			assert(!destroyed);
			flag = state[w] == STARTS;
			fresh[w] = false;
			if
			:: flag -> state[w] = RUNS
			:: else
			fi
		}
		if
		:: flag -> flag = false
		:: else -> goto out
		fi;
again:
		do
		:: atomic {
			/* kcd_queue_take() */
			assert(!destroyed);
			if
			:: nempty(fifo) ->
				fifo?f,n;
				start_in_order(n);
				writing++
			:: empty(fifo) -> f = 0; n = 0; break
			fi
			}
			writer_write(f, false)
		od;
		do
		:: handback_run(f);
			if
			:: f == NONE -> f = 0; break
			:: else
			fi
		od;
		/* kcd_writer_linger() */
		atomic {
			assert(!destroyed);
			if
			:: nempty(fifo) -> goto again
			:: empty(fifo) ->
				nr_active--;
				if
				:: !nr_active && (len(written) || writing) -> state[w] = LINGERS
				:: else -> state[w] = IDLE; goto out
				fi
			fi
		}
		/* wait_event_interruptible_hrtimeout() */
		woken[w] = false;
		if
		:: state[w] != LINGERS
		:: else ->
			if
			:: woken[w]
			:: atomic {
				true;
				/* The time is over. Else it would sleep on. */
				assert(state[w] == LINGERS || picked[w] || woken[w]);
				aged = true
				}
			fi
		fi;
		d_step {
			woken[w] = false;
			if
			:: state[w] == LINGERS -> state[w] = RUNS; nr_active++
			:: else
			fi
		}
		goto again;
out:
		running[w] = false
	:: destroyed -> break
	od
}

/* module/late.c: kcd_late_work() */
proctype late()
{
	byte f, n, slot;
	bool flag, activate, mine;

	do
	:: atomic {
		late_pending ->
		late_pending = false;
		late_running = true;
		mine = hurry;
		hurry = false
		}
		do
		/* kcd_queue_age() */
		:: atomic { empty(fifo) -> assert(!destroyed); break }
		:: atomic {
			nempty(fifo) ->
			assert(!destroyed);
			/* Not yet: once more, later. */
			late_pending = !late_cancelled;
			break
			}
		:: nempty(fifo) ->
			/* kcd_writer_help() */
			atomic {
				assert(!destroyed);
				flag = nempty(fifo);
				if
				:: flag ->
					fifo?f,n;
					start_in_order(n);
					writing++
				:: else
				fi
			}
			if
			:: flag ->
				writer_write(f, false);
				do
				:: handback_run(f);
					if
					:: f == NONE -> break
					:: else
					fi
				od
			:: else
			fi;
			f = 0;
			n = 0;
			flag = false
		od;
		if
		:: mine ->
			do
			:: handback_run(f);
				if
				:: f == NONE -> break
				:: else
				fi
			od;
			f = 0;
			mine = false
		:: else
		fi;
		late_running = false
	:: destroyed -> break
	od
}

/* module/oom.c: kcd_oom_notify() */
proctype oom()
{
	if
	:: atomic {
		oom_listens && (nempty(fifo) || nempty(written)) ->
		oom_helps = true
		}
		/* kcd_late_hurries() */
		atomic {
			assert(!destroyed);
			hurry = true;
			late_pending = late_pending || !late_cancelled;
			oom_helps = false
		}
	:: !oom_listens
	fi
}

/* module/late.c: kcd_late_flush() */
inline late_flush()
{
	atomic { late_cancelled = true; late_pending = false }
	atomic { !late_running -> late_cancelled = false }
}

/* ---- kswapd ------------------------------------------------------------ */

/* kernel/trace/ftrace.c: calls go through the hook. */
bool hooked;
/* Tasks between the first and the last act of kcd_hook_offer(). */
byte inside;
/* kswapd was sent to, or runs in, the module's text. */
bool in_text;

/* module/queue.c: kcd_queue_step() and kcd_fifo_offer(), under the lock */
inline queue_step(f, n, oldest, step, w)
{
	assert(!destroyed);
	/* kcd_policy_limits(): pressure may leave no room at all, or busy CPUs no depth */
	limit = (going -> 0 : depth_now);
	room = BOUND - (writing + unfreed > BOUND -> BOUND : writing + unfreed);
	if
	:: true
	:: PRESSURE -> room = 0
	:: PRESSURE -> limit = 0
	fi;
	oldest = NONE;
	if
	:: len(fifo) && (len(fifo) >= limit || len(fifo) + 1 > room) ->
		fifo?oldest,m;
		start_in_order(m);
		writing++
	:: else
	fi;
	if
	:: len(fifo) >= limit || len(fifo) + 1 > room ->
		step = (oldest == NONE -> REFUSED : SHED)
	:: else ->
		fifo!f,n;
		step = (oldest == NONE -> QUEUED : SWAPPED)
	fi;
	if
	:: step == REFUSED -> start_in_order(n)
	:: step == QUEUED || step == SWAPPED -> late_owed = LATE
	:: else
	fi;
	if
	:: limit -> writer_pick(w)
	:: else -> w = NONE
	fi;
	limit = 0; room = 0; m = 0
}

/* module/hook.c: kcd_hook_offer(); module/queue.c: kcd_queue_offer() */
inline hook_offer(f)
{
	/* In the trampoline: redirected, but not inside. */
	d_step { assert(!destroyed); inside++ }
	atomic { n = arrived; arrived = (arrived + 1) % 8; refs[f]++ }
	do
	:: atomic {
		queue_step(f, n, oldest, step, w)
		}
		writer_start(w);
		if
		:: step == SWAPPED || step == SHED ->
			writer_write(oldest, true)
		:: else
		fi;
		if
		:: step == SHED
		:: else -> break
		fi
	od;
	if
	:: step == REFUSED ->
		d_step { folio_put(f) }
		kernel_write(f, true)
	:: else ->
		/* kcd_late_watch() */
		d_step {
			late_pending = late_pending || (late_owed && !late_cancelled);
			late_owed = false
		}
	fi;
	d_step {
		assert(!destroyed);
		inside--;
		n = 0; oldest = 0; w = 0; step = QUEUED
	}
	/* The way back to pageout(). */
	in_text = false
}

/* For two folios and for three. */
#define holds_batch (batch[0] || batch[FOLIOS - 2] || batch[FOLIOS - 1])

proctype kswapd()
{
	byte f, n, m, w, oldest, slot, limit, room, i, offers;
	bool flag, activate;
	mtype step = QUEUED;

	do
	:: offers < OFFERS ->
		atomic {
			offers++;
			/* It slept, or came through module/settle.c. */
			rcu_waits = false;
			select(f : 0 .. FOLIOS - 1);
			if
			:: lru[f] && !locked[f] && (mapped[f] || swap[f]) ->
				/* shrink_folio_list(): unmap, swap, clean */
				lru[f] = false;
				batch[f] = true;
				refs[f]++;
				mapped[f] = false;
				if
				:: swap[f]
				:: swap[f] == 0 ->
					dirty[f] = true;
					if
					:: swap[f] = 1 + f
					:: SLOTS == 2 -> swap[f] = 1 + f + FOLIOS
					fi
				fi;
				flag = dirty[f];
				if
				:: dirty[f] ->
					dirty[f] = false;
					locked[f] = true;
					owed[f] = true
				:: else
				fi
			:: else
			fi
		}
		if
		:: flag ->
			/* module/hook.c: kcd_hook_callback() */
			atomic {
				flag = false;
				if
				:: hooked -> in_text = true
				/* module/queue.c: kcd_queue_leave() */
				:: hooked && PRESSURE && empty(fifo) ->
					assert(arrived == started)
				:: !hooked
				fi
			}
			if
			:: in_text -> hook_offer(f)
			:: else -> kernel_write(f, true)
			fi;
			/* AOP_WRITEPAGE_ACTIVATE, of a folio of its own. */
			d_step {
				if
				:: activate -> activate = false; locked[f] = false
				:: else
				fi;
				f = 0
			}
		:: else -> f = 0
		fi
	/* A second look at the batch, and putting back what is not freed. */
	:: atomic {
		holds_batch;
		if
		:: batch[0] -> f = 0
		:: batch[FOLIOS - 2] -> f = FOLIOS - 2
		:: batch[FOLIOS - 1] -> f = FOLIOS - 1
		fi;
		batch[f] = false;
		if
		:: !locked[f] && folio_unused(f) -> folio_free(f)
		:: else -> lru[f] = true; folio_put(f)
		fi;
		f = 0
		}
	:: offers == OFFERS && !holds_batch -> break
	od;
	/* It sleeps. */
end:	do
	:: rcu_waits -> rcu_waits = false
	:: destroyed -> break
	od
}

/* ---- who uses the memory ----------------------------------------------- */

proctype user()
{
	byte f, touches;

	do
	:: touches < TOUCHES ->
		atomic {
			touches++;
			select(f : 0 .. FOLIOS - 1);
			if
			/* Another folio in the same memory. */
			:: !refs[f] && map[f] == PRESENT ->
				refs[f] = 1; mapped[f] = true; lru[f] = true
			/* Swapped in: written to, or only read. */
			:: refs[f] && swap[f] && !locked[f] && !mapped[f] ->
				mapped[f] = true; swap[f] = 0; dirty[f] = false
			:: refs[f] && swap[f] && !locked[f] && !mapped[f] ->
				mapped[f] = true
			/* Unmapped: from swap, or from memory. */
			:: refs[f] && swap[f] && !locked[f] && !mapped[f] ->
				swap[f] = 0;
				folio_put(f)
			:: mapped[f] && !locked[f] && !swap[f] ->
				mapped[f] = false;
				folio_put(f)
			:: else
			fi;
			f = 0
		}
	:: touches == TOUCHES -> break
	od
}

/* ---- turning it on and off --------------------------------------------- */

inline synchronize_rcu_tasks()
{
	rcu_waits = true;
	!rcu_waits
}

inline flush_workqueue()
{
	for (i : 0 .. WRITERS - 1) {
		!work[i] && !running[i]
	}
	i = 0
}

/* Who drains. */
#define CONTROL 0
#define MEMORY 1

/* module/queue.c: kcd_queue_drain() */
inline queue_drain(who, depth)
{
	atomic { writer_pick(w) }
	writer_start(w);
	/* wait_event() */
	do
	:: atomic { drain_sleeps[who] = true; drain_woken[who] = false }
		/* kcd_queue_drained() */
		if
		:: atomic { len(fifo) <= depth && (depth || !writing) -> break }
		:: atomic { else -> skip }
			drain_woken[who]
		fi
	od;
	atomic { drain_sleeps[who] = false; drain_woken[who] = false; w = 0 }
}

/* module/hook.c: kcd_hook_detach() */
inline hook_detach()
{
	/* unregister_ftrace_function(): nobody is in the callback any more */
	hooked = false;
	synchronize_rcu_tasks();
	!inside;
	synchronize_rcu_tasks()
}

/* module/control.c: kcd_control_apply() */
inline control_apply(depth)
{
	hooked = hooked || depth;
	depth_now = depth;
	if
	:: hooked && !depth -> hook_detach()
	:: else
	fi;
	queue_drain(CONTROL, depth);
	if
	:: !depth ->
		late_flush();
		flush_workqueue();
		/* Who hurries finds nothing any more. */
		assert(oom_listens || (!late_pending && !late_running))
	:: else
	fi
}

/* The notifier may be called; it is running. */
bool memory_listens = HOTPLUG;
bool memory_tells;

/*
 * module/hotplug.c: kcd_hotplug_notify(). The memory of the first folio goes if
 * it gets free, else it stays. The notifier may be gone by the second call.
 */
proctype hotplug()
{
	byte i, w;

	/* MEM_GOING_OFFLINE */
	if
	:: atomic {
		memory_listens ->
		memory_tells = true;
		going = true
		}
		queue_drain(MEMORY, 0);
		memory_tells = false
	:: !memory_listens
	fi;
	atomic {
		if
		:: !refs[0] -> map[0] = OFFLINE
		:: true
		fi
	}
	/* MEM_OFFLINE or MEM_CANCEL_OFFLINE */
	if
	:: atomic { memory_listens -> memory_tells = true }
		if
		:: map[0] == OFFLINE ->
			/* kcd_handback_forget() */
			atomic {
				assert(!destroyed);
				do
				:: nempty(written) -> written?_,_
				:: empty(written) -> break
				od
			}
			!checking
		:: else
		fi;
		going = false;
		memory_tells = false
	:: !memory_listens
	fi;
	if
	:: map[0] == OFFLINE -> map[0] = ABSENT
	:: else
	fi
}

/* module/main.c: kcd_exit(), after some changes */
init
{
	byte i, w, changes, depth;
	bool last;

	atomic {
		for (i : 0 .. FOLIOS - 1) {
			refs[i] = 1;
			mapped[i] = true;
			lru[i] = true
		}
		hooked = true;
		depth_now = DEPTH;
		for (i : 0 .. WRITERS - 1) {
			run writer(i)
		}
		i = 0;
		run kswapd();
		run user();
		if
		:: LATE -> run late()
		:: else
		fi;
		if
		:: OOM -> run oom()
		:: else
		fi;
		if
		:: HOTPLUG -> run hotplug()
		:: else
		fi
	}
	do
	:: !last ->
		if
		:: changes == CHANGES -> last = true
		:: changes < CHANGES -> changes++; select(depth : 0 .. DEPTH)
		:: true -> last = true; changes = CHANGES
		fi;
		if
		:: last ->
			/* kcd_oom_unregister() */
			oom_listens = false;
			!oom_helps
		:: else
		fi;
		control_apply(depth);
		depth = 0
	:: last -> break
	od;
	/* kcd_hotplug_unregister() */
	memory_listens = false;
	!memory_tells;
	/* module/node.c: kcd_node_destroy() */
	late_flush();
	flush_workqueue();
	assert(!in_text && !inside);
	destroyed = true;

	/* All others have ended: nothing is left over. */
	_nr_pr == 2;
	assert(empty(fifo) && empty(written) && !writing && !checking);
	assert(!nr_active && arrived == started);
	for (i : 0 .. FOLIOS - 1) {
		assert(!owed[i] && !locked[i]);
		assert(refs[i] == (mapped[i] || swap[i]))
	}
}

/* ---- what holds at any time -------------------------------------------- */

#define runs(w) (state[w] == STARTS || state[w] == RUNS)
#if WRITERS == 2
#define running_writers (runs(0) + runs(1))
#define lingers (state[0] == LINGERS || state[1] == LINGERS)
#else
#define running_writers (runs(0))
#define lingers (state[0] == LINGERS)
#endif
/* Who is to start will be started. */
#define comes(w) (state[w] != STARTS || picked[w] || work[w] || fresh[w])

active proctype watch()
{
end:	if
	:: atomic { nr_active != running_writers -> assert(false) }
	/* A folio waits, and no writer is to come. */
	:: atomic { nempty(fifo) && !nr_active && !lingers -> assert(false) }
	:: atomic { !comes(0) || !comes(WRITERS - 1) -> assert(false) }
	/* A folio waits, and nobody will see whether for too long. */
	:: atomic { LATE && nempty(fifo) && !late_pending && !late_running && !late_owed ->
		assert(false) }
	/* Truth 6, the folio that kswapd writes itself on top. */
	:: atomic { len(fifo) + writing + unfreed > BOUND + 1 -> assert(false) }
	fi
}

#ifdef LIVE
ltl unloading_ends { <> destroyed }
#endif
