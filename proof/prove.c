// SPDX-License-Identifier: GPL-2.0
/*
 * Compares prototypes with a kernel's BTF, when the module is built.
 *
 * Arguments: a file with BTF, and prototypes. Exit status: 0 if BTF has them
 * all, 1 after a line that says which it has not, 2 if BTF cannot be read.
 */
#include <stdlib.h>

#include "kcompressd_prototype.h"

static void *read_file(const char *path, size_t *size)
{
	size_t room = 1 << 20, got;
	char *data = NULL;
	FILE *file;

	*size = 0;
	file = fopen(path, "rb");
	if (!file)
		return NULL;
	do {
		room *= 2;
		data = realloc(data, room);
		if (!data)
			break;
		got = fread(data + *size, 1, room - *size, file);
		*size += got;
	} while (*size == room);
	fclose(file);
	return data;
}

static int prove(const struct kcd_btf *btf, const char *prototype)
{
	char found[KCD_PROTOTYPE_TEXT];

	switch (kcd_prototype_prove(btf, prototype, found)) {
	case KCD_DIFFERS:
		printf("kcompressd: built for \"%s\", but this kernel has \"%s\"\n",
		       prototype, found);
		return 1;
	case KCD_UNKNOWN:
		printf("kcompressd: built for \"%s\", which this kernel's BTF does not have\n",
		       prototype);
		return 1;
	default:
		return 0;
	}
}

int main(int argc, char **argv)
{
	struct kcd_btf btf;
	int i, failed = 0;
	size_t size;
	void *data;
	u32 *offset;

	data = argc > 1 ? read_file(argv[1], &size) : NULL;
	if (!data || !kcd_btf_open(&btf, data, size))
		return 2;
	offset = calloc(btf.nr, sizeof(*offset));
	if (!offset)
		return 2;
	kcd_btf_index(&btf, offset);
	for (i = 2; i < argc; i++)
		failed |= prove(&btf, argv[i]);
	return failed;
}
