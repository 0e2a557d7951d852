// The open connections, and which of them must go where there are too many. Used by one thread.
#pragma once

#include <chrono>
#include <set>

namespace calcinode::web {

class Connection {
  public:
    virtual ~Connection() = default;
    virtual void close() = 0;
    // Since when it waits for its client to ask; what is answered waits for nothing.
    virtual bool waits_for_request() const = 0;
    virtual std::chrono::steady_clock::time_point waits_since() const = 0;
};

class Connections {
  public:
    void add(Connection* connection) { all_.insert(connection); }
    void remove(Connection* connection) { all_.erase(connection); }
    std::size_t count() const { return all_.size(); }
    // Closes the one that waits longest for its request; false where all are being answered.
    bool close_one();
    void close_all();

  private:
    std::set<Connection*> all_;
};

}  // namespace calcinode::web
