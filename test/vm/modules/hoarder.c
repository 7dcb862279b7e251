// SPDX-License-Identifier: GPL-2.0-only
/* Takes the memory of a node down to half of its min watermarks, and again on each write. */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>

/* As kswapd may take it, but without waiting for anything. */
#define HOARDER_GFP (GFP_NOWAIT | __GFP_THISNODE | __GFP_NOWARN | __GFP_MEMALLOC)

static LIST_HEAD(hoarder_pages);

static gfp_t hoarder_gfp(int zone)
{
#ifdef CONFIG_ZONE_DMA
	if (zone == ZONE_DMA)
		return HOARDER_GFP | GFP_DMA;
#endif
#ifdef CONFIG_ZONE_DMA32
	if (zone == ZONE_DMA32)
		return HOARDER_GFP | GFP_DMA32;
#endif
	return HOARDER_GFP;
}

static void hoarder_take(struct zone *zone, int nid)
{
	struct page *page;

	while (zone_page_state(zone, NR_FREE_PAGES) > zone->_watermark[WMARK_MIN] / 2) {
		page = alloc_pages_node(nid, hoarder_gfp(zone_idx(zone)), 0);
		if (!page)
			return;
		list_add(&page->lru, &hoarder_pages);
		if (page_zone(page) != zone)
			return;
	}
}

/* The kernel lets one at a time write to it. */
static int hoarder_set_node(const char *text, const struct kernel_param *param)
{
	int nid, i;

	if (kstrtoint(text, 0, &nid) || nid < 0 || nid >= nr_node_ids ||
	    !node_online(nid))
		return -EINVAL;
	for (i = ZONE_NORMAL; i >= 0; i--)
		if (populated_zone(&NODE_DATA(nid)->node_zones[i]))
			hoarder_take(&NODE_DATA(nid)->node_zones[i], nid);
	return 0;
}

static const struct kernel_param_ops hoarder_node_ops = {
	.set = hoarder_set_node,
};

module_param_cb(node, &hoarder_node_ops, NULL, 0200);

static int __init hoarder_init(void)
{
	return 0;
}

static void __exit hoarder_exit(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &hoarder_pages, lru)
		__free_page(page);
}

module_init(hoarder_init);
module_exit(hoarder_exit);

MODULE_DESCRIPTION("Test: takes the memory of a node");
MODULE_LICENSE("GPL");
