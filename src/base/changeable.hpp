// A value that one thread may change while others use copies of it.
#pragma once

#include <mutex>
#include <utility>

namespace calcinode {

template <class Value>
class Changeable {
  public:
    explicit Changeable(Value value) : value_(std::move(value)) {}
    Value get() const {
        const std::scoped_lock lock(mutex_);
        return value_;
    }
    void set(Value value) {
        const std::scoped_lock lock(mutex_);
        value_ = std::move(value);
    }

  private:
    mutable std::mutex mutex_;
    Value value_;
};

}  // namespace calcinode
