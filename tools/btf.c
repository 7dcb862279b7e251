// SPDX-License-Identifier: GPL-2.0-only
/* The prototype of a function of the kernel, from its BTF. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "ctl.h"

static char *type_text(const struct btf *btf, unsigned int id)
{
	autofree char *to = NULL;
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name;

	if (!id)
		return text_copy("void");
	if (!t)
		return text_copy("?");
	name = btf__name_by_offset(btf, t->name_off) ?: "";
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		to = type_text(btf, t->type);
		return text_print("%s%s*", to,
				  to[strlen(to) - 1] == '*' ? "" : " ");
	case BTF_KIND_CONST:
		to = type_text(btf, t->type);
		return text_print("const %s", to);
	case BTF_KIND_STRUCT:
		return text_print("struct %s", name);
	case BTF_KIND_FWD:
		return text_print("%s %s", btf_kflag(t) ? "union" : "struct",
				  name);
	case BTF_KIND_UNION:
		return text_print("union %s", name);
	case BTF_KIND_ENUM:
		return text_print("enum %s", name);
	default:
		return text_copy(name);
	}
}

static char *prototype(const struct btf *btf, const char *function)
{
	const struct btf_type *func, *proto;
	char *text, *longer, *type;
	int id, i;

	id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	if (id < 0)
		return NULL;
	func = btf__type_by_id(btf, id);
	proto = btf__type_by_id(btf, func->type);
	if (!proto || !btf_is_func_proto(proto))
		return NULL;
	type = type_text(btf, proto->type);
	text = text_print("%s %s(", type, function);
	free(type);
	for (i = 0; i < btf_vlen(proto); i++) {
		type = type_text(btf, btf_params(proto)[i].type);
		longer = text_print("%s%s%s", text, i ? ", " : "", type);
		free(type);
		free(text);
		text = longer;
	}
	longer = text_print("%s)", text);
	free(text);
	return longer;
}

char *btf_prototype(const char *function)
{
	autofree char *path = file_path("/sys/kernel/btf/vmlinux");
	struct btf *btf;
	char *text;

	libbpf_set_print(NULL);
	btf = btf__parse(path, NULL);
	if (libbpf_get_error(btf))
		return NULL;
	text = prototype(btf, function);
	btf__free(btf);
	return text;
}
