// The SQLite connection behind a Database: its lock, its prepared statements, its transactions. Private to
// this folder.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "store/store.hpp"

namespace calcinode::store {

// Whether a commit waits for stable storage. An instance's row may be lost (the spool's sweep finds it
// again), what a worker or a peer was told is done may not.
enum class Durability { relaxed, full };

// A prepared statement in use; bound values and its cursor are given up when this ends.
class Query {
  public:
    template <class... Values>
    explicit Query(SQLite::Statement& statement, const Values&... values) : statement_(&statement) {
        int index = 0;
        (statement.bind(++index, values), ...);
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() {
        statement_->tryReset();
        statement_->clearBindings();
    }

    bool next() { return statement_->executeStep(); }
    SQLite::Column operator[](int column) { return statement_->getColumn(column); }
    // The number of rows changed.
    int run() { return statement_->exec(); }

  private:
    SQLite::Statement* statement_;
};

struct Database::Connection {
    enum class Missing { is_made, is_an_error };
    explicit Connection(const std::filesystem::path& file, Missing missing = Missing::is_made);

    // `sql` must be a literal: its address is the key of the cache.
    template <class... Values>
    Query query(const char* sql, const Values&... values) {
        return Query(prepared(sql), values...);
    }

    // Calls `body` in one transaction that sees and changes the database alone. What `body` throws rolls
    // back.
    template <class Body>
    auto transaction(Durability durability, Body&& body) {
        return guarded([&] {
            const Synchronous synchronous(database, durability);
            SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
            if constexpr (std::is_void_v<decltype(body())>) {
                body();
                transaction.commit();
            } else {
                auto result = body();
                transaction.commit();
                return result;
            }
        });
    }

    // Calls `body`, one or more SELECTs, under the lock.
    template <class Body>
    auto read(Body&& body) {
        return guarded(std::forward<Body>(body));
    }

    // Several SELECTs that see one state of the database, whatever other processes write meanwhile.
    template <class Body>
    auto snapshot(Body&& body) {
        return guarded([&] {
            SQLite::Transaction transaction(database);
            auto result = body();
            transaction.commit();
            return result;
        });
    }

    SQLite::Database database;

  private:
    class Synchronous {
      public:
        Synchronous(SQLite::Database& database, Durability durability);
        ~Synchronous();
        Synchronous(const Synchronous&) = delete;
        Synchronous& operator=(const Synchronous&) = delete;

      private:
        SQLite::Database* database_;  // null: nothing to set back
    };

    template <class Body>
    auto guarded(Body&& body) -> decltype(body()) {
        const std::scoped_lock lock(mutex_);
        try {
            return body();
        } catch (const SQLite::Exception& failure) {
            fail(failure);
        }
    }

    // Throws what callers know: StoreFull, or another StoreFailure.
    [[noreturn]] void fail(const SQLite::Exception& failure) const;
    SQLite::Statement& prepared(const char* sql);

    std::mutex mutex_;
    std::map<const void*, SQLite::Statement> statements_;
};

// All rows of a query for * of the view delivery_of_study.
std::vector<Delivery> deliveries_in(Query query);

}  // namespace calcinode::store
