/* Files of ONNX, as far as the text of a model file. */
#include "config.h"
#include "fuzz.h"
#include "import/import.h"

void fuzz_onnx(fuzz *f)
{
    static const lng_import_frame frame = {.name = "imported", .start = "model.safetensors"};
    lng_source source = {"model.onnx", (const char *)f->at, f->n};
    lng_imported to;
    lng_text text = lng_text_new(f->arena);
    const lng_foreign *net = lng_foreign_read(f->arena, &source, f->errors);
    const bool ok = net && lng_import_onnx(f->arena, &source, net, &frame, &to, f->errors);
    fuzz_outcome(f, ok);
    if (ok)
        lng_doc_write(&text, to.doc);
    const lng_source written = {"model.yaml", text.at, text.length};
    FUZZ_MUST(!ok || lng_doc_parse(f->arena, &written, f->errors));
}
