// SPDX-License-Identifier: MIT
// CPython, through its C API: a type of its own with three references and a payload, made as
// CPython's documentation recommends (garbage collected, with the trashcan for deep structures).

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "services.h"

namespace {

struct Node {
    PyObject_HEAD PyObject* slots[bench::kSlots];
    uint64_t payload;
    PyObject* weakrefs;  // only in objects of the type that can be weakly referenced
};

PyTypeObject node_type = {};
PyTypeObject referable_type = {};

int node_traverse(PyObject* self, visitproc visit, void* arg) {
    auto* node = reinterpret_cast<Node*>(self);
    Py_VISIT(node->slots[0]);
    Py_VISIT(node->slots[1]);
    Py_VISIT(node->slots[2]);
    return 0;
}

int node_clear(PyObject* self) {
    auto* node = reinterpret_cast<Node*>(self);
    Py_CLEAR(node->slots[0]);
    Py_CLEAR(node->slots[1]);
    Py_CLEAR(node->slots[2]);
    return 0;
}

void node_dealloc(PyObject* self) {
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, node_dealloc) node_clear(self);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END
}

void referable_dealloc(PyObject* self) {
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self,
                      referable_dealloc) if (reinterpret_cast<Node*>(self)->weakrefs != nullptr) {
        PyObject_ClearWeakRefs(self);
    }
    node_clear(self);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END
}

PyObject* new_node() {
    Node* node = PyObject_GC_New(Node, &node_type);
    node->slots[0] = node->slots[1] = node->slots[2] = nullptr;
    node->payload = 0;
    PyObject_GC_Track(node);
    return reinterpret_cast<PyObject*>(node);
}

PyObject* new_referable() {
    Node* node = PyObject_GC_New(Node, &referable_type);
    node->slots[0] = node->slots[1] = node->slots[2] = nullptr;
    node->payload = 0;
    node->weakrefs = nullptr;
    PyObject_GC_Track(node);
    return reinterpret_cast<PyObject*>(node);
}

size_t callbacks_seen = 0;

PyObject* count_callback(PyObject*, PyObject*) {
    ++callbacks_seen;
    Py_RETURN_NONE;
}
PyMethodDef callback_method = {"count", count_callback, METH_O, nullptr};

void ready(PyTypeObject& type, const char* name, Py_ssize_t size, destructor dealloc) {
    type.tp_name = name;
    type.tp_basicsize = size;
    type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
    type.tp_traverse = node_traverse;
    type.tp_clear = node_clear;
    type.tp_dealloc = dealloc;
    bench::expect(PyType_Ready(&type) == 0, "the type is ready");
}

class CPython {
  public:
    static constexpr bool kCounted = true;
    static constexpr bool kCallbacks = true;
    using Handle = PyObject*;

    CPython() {
        PyConfig config;
        PyConfig_InitIsolatedConfig(&config);
        config.site_import = 0;
        bench::expect(!PyStatus_Exception(Py_InitializeFromConfig(&config)), "CPython starts");
        PyConfig_Clear(&config);
        Py_SET_REFCNT(&node_type, 1);
        Py_SET_REFCNT(&referable_type, 1);
        ready(node_type, "bench.Node", offsetof(Node, weakrefs), node_dealloc);
        referable_type.tp_weaklistoffset = offsetof(Node, weakrefs);
        ready(referable_type, "bench.Referable", sizeof(Node), referable_dealloc);
        callback_ = PyCFunction_New(&callback_method, nullptr);
        PyObject* gc = PyImport_ImportModule("gc");
        bench::expect(gc != nullptr, "module gc");
        get_objects_ = PyObject_GetAttrString(gc, "get_objects");
        get_referrers_ = PyObject_GetAttrString(gc, "get_referrers");
        freeze_ = PyObject_GetAttrString(gc, "freeze");
        PyGC_Collect();
        PyGC_Disable();
    }

    void places(size_t n) { places_.assign(n, nullptr); }
    void make(size_t i) { places_[i] = new_node(); }
    void clear(size_t i) { Py_CLEAR(places_[i]); }
    void make_and_drop() { Py_DECREF(new_node()); }

    Handle tree_node() { return new_node(); }
    void tree_adopt(Handle parent, unsigned slot, Handle child) {
        reinterpret_cast<Node*>(parent)->slots[slot] = child;
    }
    void tree_drop(Handle tree) { Py_DECREF(tree); }

    void link(size_t i, unsigned slot, size_t j) {
        reinterpret_cast<Node*>(places_[i])->slots[slot] = Py_NewRef(places_[j]);
    }

    size_t collect() {
        // PyGC_Collect() does nothing while the collector is disabled.
        const int was_enabled = PyGC_Enable();
        const Py_ssize_t found = PyGC_Collect();
        if (!was_enabled) {
            PyGC_Disable();
        }
        return static_cast<size_t>(found);
    }
    size_t live() {
        PyObject* list = PyObject_CallNoArgs(get_objects_);
        size_t count = 0;
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); ++i) {
            const PyTypeObject* type = Py_TYPE(PyList_GET_ITEM(list, i));
            count += type == &node_type || type == &referable_type;
        }
        Py_DECREF(list);
        return count;
    }
    void automatic(bool on) { on ? PyGC_Enable() : PyGC_Disable(); }

    bool hold(const std::string& holder, size_t) {
        if (holder == "container") {
            container_ = PyList_New(static_cast<Py_ssize_t>(places_.size()));
            for (size_t i = 0; i < places_.size(); ++i) {
                PyList_SET_ITEM(
                    container_, static_cast<Py_ssize_t>(i), std::exchange(places_[i], nullptr));
            }
        }
        return holder == "external" || holder == "container" || holder == "few";
    }
    void let_go() { Py_CLEAR(container_); }

    void freeze() {
        PyObject* done = PyObject_CallNoArgs(freeze_);
        bench::expect(done != nullptr, "gc.freeze()");
        Py_DECREF(done);
    }

    PyObject* node(size_t i) { return places_[i]; }
    static void incref(PyObject* object) { Py_INCREF(object); }
    static void decref(PyObject* object) { Py_DECREF(object); }

    void weak_places(size_t n) { weak_.assign(n, nullptr); }
    void make_referable(size_t i) { places_[i] = new_referable(); }
    void weak_make(size_t i, size_t k, bool callback) {
        weak_[k] = PyWeakref_NewRef(places_[i], callback ? callback_ : nullptr);
    }
    void weak_clear(size_t k) { Py_CLEAR(weak_[k]); }
    bool weak_read(size_t k) {
        PyObject* referent = PyWeakref_GetObject(weak_[k]);
        if (referent == Py_None) {
            return false;
        }
        Py_INCREF(referent);
        bench::barrier();
        Py_DECREF(referent);
        return true;
    }
    size_t callbacks() { return callbacks_seen; }

    size_t referrers(size_t first, size_t count) {
        PyObject* list = PyObject_Vectorcall(get_referrers_, &places_[first], count, nullptr);
        const auto found = static_cast<size_t>(PyList_GET_SIZE(list));
        Py_DECREF(list);
        return found;
    }
    size_t all_objects() {
        PyObject* list = PyObject_CallNoArgs(get_objects_);
        const auto found = static_cast<size_t>(PyList_GET_SIZE(list));
        Py_DECREF(list);
        return found;
    }

  private:
    PyObject* callback_ = nullptr;
    PyObject* get_objects_ = nullptr;
    PyObject* get_referrers_ = nullptr;
    PyObject* freeze_ = nullptr;
    PyObject* container_ = nullptr;
    std::vector<PyObject*> places_;
    std::vector<PyObject*> weak_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<CPython>(argc, argv);
}
