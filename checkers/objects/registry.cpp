#include "checkers/objects/key_value.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/objects/register.hpp"

namespace eris::checkers {

Shape SequentialObject::shape(const Call&) const {
  return {ShapeKind::effect};
}

const std::vector<const SequentialObject*>& objects() {
  static const Register one_register;
  static const KeyValue key_value;
  static const std::vector<const SequentialObject*> all{&one_register, &key_value};
  return all;
}

const SequentialObject* find_object(std::string_view name) {
  for (const SequentialObject* object : objects())
    if (object->name() == name) return object;
  return nullptr;
}

}  // namespace eris::checkers
