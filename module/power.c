// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend and hibernation: step aside before tasks are frozen, so that no
 * folio stays locked in a FIFO while the image is made, and come back after.
 */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "kcompressd.h"

static int kcd_power_notify(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		kcd_control_pause(true);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		kcd_control_pause(false);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block kcd_power_nb = {
	.notifier_call = kcd_power_notify,
};

/**
 * kcd_power_register() - listen for suspend and hibernation
 *
 * Return: 0 or an error from register_pm_notifier().
 */
int kcd_power_register(void)
{
	return register_pm_notifier(&kcd_power_nb);
}

/**
 * kcd_power_unregister() - stop listening, after a running notifier
 *
 * Context: process context; no lock held that pausing takes.
 */
void kcd_power_unregister(void)
{
	unregister_pm_notifier(&kcd_power_nb);
}
