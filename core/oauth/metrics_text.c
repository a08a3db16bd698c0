/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_text.c - metrics as Prometheus reads them: text format, version 0.0.4. */
#include "core/oauth/oauth.h"

/* Backslash, quote and line end are all that is special in the value of a label. */
static void add_label_value(struct idp_text *text, struct idp_bytes value)
{
    for (size_t i = 0; i < value.size; i++) {
        char character = value.data[i];
        if (character == '\\' || character == '"') {
            idp_text_add_char(text, '\\');
        }
        if (character == '\n') {
            idp_text_add_c(text, "\\n");
        } else {
            idp_text_add_char(text, character);
        }
    }
}

static void add_labels(struct idp_text *text, const struct idp_json *labels)
{
    for (const struct idp_json *label = labels->child; label != NULL; label = label->next) {
        idp_text_add_char(text, label == labels->child ? '{' : ',');
        idp_text_add(text, label->name);
        idp_text_add_c(text, "=\"");
        add_label_value(text, label->text);
        idp_text_add_char(text, '"');
    }
    idp_text_add_c(text, labels->child != NULL ? "} " : " ");
}

static void add_line(struct idp_text *text, const char *keyword, struct idp_bytes name,
                     struct idp_bytes value)
{
    idp_text_add_c(text, keyword);
    idp_text_add(text, name);
    idp_text_add_char(text, ' ');
    idp_text_add(text, value);
    idp_text_add_char(text, '\n');
}

struct idp_bytes idp_metrics_text(struct idp_call *call)
{
    struct idp_text text = {.call = call};
    struct idp_bytes last = {0};
    for (const struct idp_json *sample = idp_metrics(call)->child; sample != NULL;
         sample = sample->next) {
        struct idp_bytes name = idp_json_string(sample, "name");
        if (!idp_bytes_equal(name, last)) {
            add_line(&text, "# HELP ", name, idp_json_string(sample, "help"));
            add_line(&text, "# TYPE ", name, idp_json_string(sample, "type"));
        }
        idp_text_add(&text, name);
        add_labels(&text, idp_json_member(sample, "labels"));
        idp_text_add(&text, idp_json_member(sample, "value")->text);
        idp_text_add_char(&text, '\n');
        last = name;
    }
    return idp_text_bytes(&text);
}

struct idp_value idp_sql_metrics(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_text(idp_metrics_text(call));
}
