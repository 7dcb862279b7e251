/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: the way of a folio, one event a step. Plain integers, no kernel
 * address. docs/watching.md explains each field.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kcompressd

#if !defined(KCOMPRESSD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KCOMPRESSD_TRACE_H

#include <linux/tracepoint.h>

/* kswapd put a folio at the tail of the FIFO. Emitted under the node's lock. */
TRACE_EVENT(kcompressd_queue,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int depth, u64 seq),
	TP_ARGS(node, pfn, order, depth, seq),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, depth)
		__field(u64, seq)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->depth = depth;
		__entry->seq = seq;
	),
	TP_printk("node=%d pfn=%lu order=%u depth=%u seq=%llu",
		  __entry->node, __entry->pfn, __entry->order, __entry->depth,
		  __entry->seq)
);

DECLARE_EVENT_CLASS(kcompressd_take,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int depth, u64 seq, u64 wait_ns),
	TP_ARGS(node, pfn, order, depth, seq, wait_ns),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, depth)
		__field(u64, seq)
		__field(u64, wait_ns)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->depth = depth;
		__entry->seq = seq;
		__entry->wait_ns = wait_ns;
	),
	TP_printk("node=%d pfn=%lu order=%u depth=%u seq=%llu wait_ns=%llu",
		  __entry->node, __entry->pfn, __entry->order, __entry->depth,
		  __entry->seq, __entry->wait_ns)
);

/* kswapd took the oldest folio out to write it itself. Under the node's lock. */
DEFINE_EVENT(kcompressd_take, kcompressd_overflow,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int depth, u64 seq, u64 wait_ns),
	TP_ARGS(node, pfn, order, depth, seq, wait_ns)
);

/* A writer took the oldest folio out to write it. Under the node's lock. */
DEFINE_EVENT(kcompressd_take, kcompressd_write,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int depth, u64 seq, u64 wait_ns),
	TP_ARGS(node, pfn, order, depth, seq, wait_ns)
);

/* The kernel's own function has returned. */
TRACE_EVENT(kcompressd_written,
	TP_PROTO(int node, unsigned long pfn, unsigned int order, u64 seq,
		 u64 write_ns, int ret, bool kswapd),
	TP_ARGS(node, pfn, order, seq, write_ns, ret, kswapd),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(u64, seq)
		__field(u64, write_ns)
		__field(int, ret)
		__field(int, kswapd)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->seq = seq;
		__entry->write_ns = write_ns;
		__entry->ret = ret;
		__entry->kswapd = kswapd;
	),
	TP_printk("node=%d pfn=%lu order=%u seq=%llu write_ns=%llu ret=%d kswapd=%d",
		  __entry->node, __entry->pfn, __entry->order, __entry->seq,
		  __entry->write_ns, __entry->ret, __entry->kswapd)
);

/* What became of a written folio; outcome: enum kcd_outcome. */
TRACE_EVENT(kcompressd_handback,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int outcome, u64 age_ns),
	TP_ARGS(node, pfn, order, outcome, age_ns),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, outcome)
		__field(u64, age_ns)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->outcome = outcome;
		__entry->age_ns = age_ns;
	),
	TP_printk("node=%d pfn=%lu order=%u outcome=%u age_ns=%llu",
		  __entry->node, __entry->pfn, __entry->order,
		  __entry->outcome, __entry->age_ns)
);

/* A folio took the kernel's own way; reason: enum kcd_bypass. */
TRACE_EVENT(kcompressd_bypass,
	TP_PROTO(int node, unsigned long pfn, unsigned int order,
		 unsigned int reason),
	TP_ARGS(node, pfn, order, reason),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pfn)
		__field(unsigned int, order)
		__field(unsigned int, reason)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pfn = pfn;
		__entry->order = order;
		__entry->reason = reason;
	),
	TP_printk("node=%d pfn=%lu order=%u reason=%u",
		  __entry->node, __entry->pfn, __entry->order, __entry->reason)
);

#endif /* KCOMPRESSD_TRACE_H */

/* Out of the kernel's tree: found through -I include (Kbuild). */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE kcompressd_trace
#include <trace/define_trace.h>
