#include "web/session.hpp"

#include <spdlog/spdlog.h>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>

#include "web/http_message.hpp"
#include "web/limits.hpp"
#include "web/stream.hpp"

namespace calcinode::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class Session final : public Connection, public std::enable_shared_from_this<Session> {
  public:
    Session(asio::ip::tcp::socket socket, Shared& shared)
        : stream_(std::move(socket), shared.tls.get()), timer_(stream_.get_executor()), shared_(&shared) {
        shared_->connections.add(this);
    }
    ~Session() override {
        shared_->connections.remove(this);
        if (holds_place_) --shared_->waiting;
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void begin() {
        if (!stream_.has_tls()) return read(request_time);
        waits_from_now();
        stream_.tcp().expires_after(request_time);
        stream_.async_handshake([self = shared_from_this()](error_code error) { self->on_handshake(error); });
    }

    void close() override {
        error_code ignored;
        timer_.cancel();
        stream_.tcp().socket().close(ignored);
    }
    bool waits_for_request() const override { return reads_; }
    Clock::time_point waits_since() const override { return waits_since_; }

  private:
    void waits_from_now() {
        waits_since_ = Clock::now();
        reads_ = true;
    }

    void on_handshake(error_code error) {
        if (!error) return read(request_time);
        shared_->site.count_failed_handshake(peer(), reason_of(error));
        if (!came_without_tls(error)) return close();
        stream_.leave_tls();
        reads_ = false;
        version_ = 11;
        refuse(400, "this port speaks TLS: the address begins with https");
    }

    std::string reason_of(error_code error) {
        const auto refused = stream_.certificate_refused();
        return refused.empty() ? error.message() : "its certificate is not accepted: " + refused;
    }

    std::string peer() const {
        error_code unknown;
        return stream_.tcp().socket().remote_endpoint(unknown).address().to_string(unknown);
    }

    void read(std::chrono::seconds within) {
        parser_.emplace();
        parser_->header_limit(largest_header_bytes);
        parser_->body_limit(largest_body_bytes);
        waits_from_now();
        stream_.tcp().expires_after(within);
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
    }

    void on_read(error_code error) {
        reads_ = false;
        if (!error) return answer_request();
        if (error == http::error::header_limit) return refuse(431, "the header is larger than 8 KiB");
        if (error == http::error::body_limit) return refuse(413, "the body is larger than 4 KiB");
        const bool no_http = error.category() == make_error_code(http::error::bad_method).category();
        if (no_http && error != http::error::end_of_stream && error != http::error::partial_message)
            return refuse(400, "this is no HTTP request");
        close();
    }

    void refuse(int status, const char* what) {
        keep_alive_ = false;
        send(error_answer(status, what));
    }

    void answer_request() {
        const auto& message = parser_->get();
        is_head_ = message.method() == http::verb::head;
        keep_alive_ = message.keep_alive();
        version_ = message.version();
        auto request = request_of(message, peer());
        if (!request) return refuse(400, "the target is no path of this node");
        request_ = std::move(*request);
        asked_ = Clock::now();
        take_place();
        look();
    }

    // Of those who wait for news only so many do.
    void take_place() {
        if (holds_place_) return;
        holds_place_ = shared_->waiting < most_waiting;
        if (holds_place_) ++shared_->waiting;
    }

    void look() {
        request_.waited_out = !holds_place_ || Clock::now() - asked_ >= longest_wait;
        auto answer = shared_->site.answer(request_);
        if (!answer.later) {
            if (holds_place_) --shared_->waiting;
            holds_place_ = false;
            return send(std::move(answer));
        }
        stream_.tcp().expires_never();
        timer_.expires_after(look_for_news);
        timer_.async_wait([self = shared_from_this()](error_code error) {
            if (!error && self->stream_.tcp().socket().is_open()) self->look();
        });
    }

    void send(Answer answer) {
        if (answer.file.empty()) return send_text(std::move(answer));
        error_code error;
        http::file_body::value_type file;
        file.open(answer.file.c_str(), beast::file_mode::read, error);
        if (error) return send_text(error_answer(404, "the file is not there any more"));
        auto message = std::make_shared<http::response<http::file_body>>(
            http::int_to_status(static_cast<unsigned>(answer.status)), version_);
        message->body() = std::move(file);
        set_fields(*message, answer);
        begin_write(std::move(message));
    }

    void send_text(Answer answer) {
        auto message = std::make_shared<http::response<http::string_body>>(
            http::int_to_status(static_cast<unsigned>(answer.status)), version_);
        set_fields(*message, answer);
        message->body() = std::move(answer.body);
        begin_write(std::move(message));
    }

    template <class Body>
    void begin_write(std::shared_ptr<http::response<Body>> message) {
        message->keep_alive(keep_alive_);
        message->prepare_payload();
        auto serializer = std::make_shared<http::response_serializer<Body>>(*message);
        serializer->split(is_head_);
        answered_until_ = Clock::now() + answer_time;
        write_part(std::move(message), std::move(serializer));
    }

    // Part by part, so that a slow client is told from one that takes nothing.
    template <class Body>
    void write_part(std::shared_ptr<http::response<Body>> message,
                    std::shared_ptr<http::response_serializer<Body>> serializer) {
        if (Clock::now() > answered_until_) return close();
        stream_.tcp().expires_after(part_time);
        http::async_write_some(
            stream_, *serializer,
            [self = shared_from_this(), message, serializer](error_code error, std::size_t) {
                self->on_written(error, message, serializer);
            });
    }

    template <class Body>
    void on_written(error_code error, const std::shared_ptr<http::response<Body>>& message,
                    const std::shared_ptr<http::response_serializer<Body>>& serializer) {
        const bool all = serializer->is_done() || (is_head_ && serializer->is_header_done());
        if (!error && !all) return write_part(message, serializer);
        if (error && error != http::error::end_of_stream) return close();
        if (keep_alive_ && stream_.tcp().socket().is_open()) return read(idle_time);
        end();
    }

    // The client may still be sending what was refused: closed at once it would never see the answer.
    void end() {
        waits_from_now();  // nothing is owed to it any more
        stream_.tcp().expires_after(std::chrono::seconds(1));
        if (!stream_.has_tls()) return end_sending();
        stream_.async_shutdown([self = shared_from_this()](error_code) { self->end_sending(); });
    }

    void end_sending() {
        error_code ignored;
        stream_.tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        drop_rest();
    }

    void drop_rest() {
        dropped_.resize(largest_body_bytes);
        stream_.tcp().async_read_some(asio::buffer(dropped_),
                                      [self = shared_from_this()](error_code error, std::size_t) {
                                          if (error) return self->close();
                                          self->drop_rest();
                                      });
    }

    Stream stream_;
    asio::steady_timer timer_;
    Shared* shared_;
    beast::flat_buffer buffer_{largest_header_bytes + largest_body_bytes};
    std::optional<http::request_parser<http::string_body>> parser_;
    Request request_;
    std::string dropped_;
    Clock::time_point waits_since_ = Clock::now(), asked_, answered_until_;
    bool reads_ = false, is_head_ = false, keep_alive_ = false, holds_place_ = false;
    unsigned version_ = 11;
};

}  // namespace

void serve_connection(asio::ip::tcp::socket socket, Shared& shared) {
    std::make_shared<Session>(std::move(socket), shared)->begin();
}

}  // namespace calcinode::web
