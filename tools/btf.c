// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's BTF says of prototypes; as module/prototype.c asks it. */
#include "ctl.h"
#include "kcompressd_prototype.h"

static enum btf_answer prove(const struct kcd_btf *btf, const char *prototype,
			     char **why)
{
	char has[KCD_PROTOTYPE_TEXT];

	switch (kcd_prototype_prove(btf, prototype, has)) {
	case KCD_PROVED:
		return BTF_PROVES;
	case KCD_DIFFERS:
		*why = text_print("built for \"%s\", but this kernel has \"%s\"",
				  prototype, has);
		break;
	case KCD_UNKNOWN:
		*why = text_print("built for \"%s\", which this kernel's BTF does not have",
				  prototype);
		break;
	}
	return BTF_DIFFERS;
}

enum btf_answer btf_prove(const char *prototypes, char **why)
{
	enum btf_answer answer = BTF_PROVES;
	autofree char *text = text_copy(prototypes);
	autofree uint32_t *offset = NULL;
	autofree void *data = NULL;
	char *rest = text, *line;
	struct kcd_btf btf;
	size_t size;

	data = file_bytes(&size, "/sys/kernel/btf/vmlinux");
	if (!data || !kcd_btf_open(&btf, data, size))
		return BTF_SILENT;
	offset = calloc(btf.nr, sizeof(*offset));
	if (!offset)
		ctl_die(CTL_FAILED, "out of memory");
	kcd_btf_index(&btf, offset);
	while (answer == BTF_PROVES && (line = lines_next(&rest)))
		answer = prove(&btf, line, why);
	return answer;
}
