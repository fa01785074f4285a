#include "checkers/objects/counter.hpp"
#include "checkers/objects/fenced_lock.hpp"
#include "checkers/objects/key_value.hpp"
#include "checkers/objects/list.hpp"
#include "checkers/objects/multi_register.hpp"
#include "checkers/objects/mutex.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/objects/priority_queue.hpp"
#include "checkers/objects/queue.hpp"
#include "checkers/objects/register.hpp"
#include "checkers/objects/set.hpp"
#include "checkers/objects/stack.hpp"
#include "checkers/objects/unique_ids.hpp"

namespace eris::checkers {

const std::vector<const SequentialObject*>& objects() {
  static const Register one_register("register");
  static const Register cas_register("cas-register");
  static const MultiRegister multi_register;
  static const KeyValue key_value;
  static const Queue queue;
  static const Stack stack;
  static const PriorityQueue priority_queue;
  static const Set set;
  static const GrowOnlySet grow_only_set;
  static const Counter counter("counter");
  static const Counter fetch_and_add("fetch-and-add");
  static const List list;
  static const Mutex mutex;
  static const FencedLock fenced_lock;
  static const UniqueIds unique_ids;
  static const std::vector<const SequentialObject*> all{
      &one_register,   &cas_register, &multi_register, &key_value, &queue,         &stack,
      &priority_queue, &set,          &grow_only_set,  &counter,   &fetch_and_add, &list,
      &mutex,          &fenced_lock,  &unique_ids};
  return all;
}

const SequentialObject* find_object(std::string_view name) {
  for (const SequentialObject* object : objects())
    if (object->name() == name) return object;
  return nullptr;
}

}  // namespace eris::checkers
