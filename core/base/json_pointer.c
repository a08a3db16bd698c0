/* SPDX-License-Identifier: Apache-2.0 */
/* json_pointer.c - where in a document something is (RFC 6901), for people who look for it. */
#include "core/base/base.h"

static void name_add(struct idp_text *path, struct idp_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        switch (name.data[i]) {
        case '~':
            idp_text_add_c(path, "~0");
            break;
        case '/':
            idp_text_add_c(path, "~1");
            break;
        default:
            idp_text_add_char(path, name.data[i]);
        }
    }
}

struct idp_bytes idp_json_pointer(struct idp_call *call, const struct idp_bytes *steps,
                                  size_t count)
{
    struct idp_text path = {.call = call};
    while (count-- > 0) {
        idp_text_add_char(&path, '/');
        if (steps[count].data == NULL) {
            idp_text_add_integer(&path, (int64_t)steps[count].size);
        } else {
            name_add(&path, steps[count]);
        }
    }
    return idp_text_bytes(&path);
}

struct idp_bytes idp_path_step(struct idp_call *call, struct idp_bytes path, struct idp_bytes name)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, path);
    idp_text_add(&text, idp_json_pointer(call, &name, 1));
    return idp_text_bytes(&text);
}

struct idp_bytes idp_path_index(struct idp_call *call, struct idp_bytes path, size_t index)
{
    return idp_path_step(call, path, (struct idp_bytes){NULL, index});
}
