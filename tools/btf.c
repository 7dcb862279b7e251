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

static enum btf_answer prove_all(struct kcd_btf *btf, const char *prototypes,
				 char **why)
{
	autofree char *text = text_copy(prototypes);
	u32 *offset = calloc(btf->nr, sizeof(*offset));
	enum btf_answer answer = BTF_PROVES;
	char *rest = text, *line;

	if (!offset)
		ctl_die(CTL_FAILED, "out of memory");
	kcd_btf_index(btf, offset);
	while (answer == BTF_PROVES && (line = lines_next(&rest)))
		answer = prove(btf, line, why);
	free(offset);
	return answer;
}

enum btf_answer btf_prove(const char *prototypes, char **why)
{
	enum btf_answer answer = BTF_SILENT;
	struct kcd_btf btf;
	size_t size;
	void *data;

	data = file_bytes(&size, "/sys/kernel/btf/vmlinux");
	if (data && kcd_btf_open(&btf, data, size))
		answer = prove_all(&btf, prototypes, why);
	free(data);
	return answer;
}
