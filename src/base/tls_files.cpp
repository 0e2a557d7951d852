#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <ctime>
#include <optional>

#include "base/fd.hpp"
#include "base/tls.hpp"

namespace calcinode {
namespace {

using Moment = std::chrono::system_clock::time_point;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// A chain has a few KiB; the bundle of all public roots has 220 KiB.
constexpr std::size_t largest_file_bytes = 4 << 20;
std::string subject_of(const X509& certificate) {
    char text[256] = "";
    X509_NAME_oneline(X509_get_subject_name(&certificate), text, sizeof text);
    return text;
}

std::optional<Moment> moment_of(const ASN1_TIME* time) {
    std::tm utc{};
    if (ASN1_TIME_to_tm(time, &utc) != 1) return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&utc));
}

std::vector<Certificate> certificates_of(const std::string& pem) {
    std::vector<Certificate> certificates;
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all);
    while (auto* const next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
        certificates.emplace_back(next, &X509_free);
    return certificates;
}

class Examination {
  public:
    Examination(const TlsFiles& files, Moment now) : files_(&files), now_(now) {}

    TlsFindings run() {
        if (!files_->certificate.empty()) examine_own();
        if (!files_->trusted.empty()) examine_trusted();
        ERR_clear_error();
        return std::move(found_);
    }

  private:
    void unusable(const std::filesystem::path& file, const std::string& what) {
        found_.unusable.push_back(file.string() + ": " + what);
    }
    void doubtful(const std::filesystem::path& file, const std::string& what) {
        found_.doubtful.push_back(file.string() + ": " + what);
    }

    std::optional<std::string> content_of(const std::filesystem::path& file) {
        auto content = read_file(file, largest_file_bytes);
        if (content) return std::move(*content);
        found_.unusable.push_back(content.error().what);
        return std::nullopt;
    }

    void examine_own() {
        const auto certificates = certificates_in(files_->certificate);
        const auto key = private_key();
        if (certificates.empty() || !key) return;
        if (X509_check_private_key(certificates.front().get(), key.get()) != 1)
            unusable(files_->private_key,
                     "is not the key of the certificate in " + files_->certificate.string());
    }

    void examine_trusted() { certificates_in(files_->trusted); }

    std::vector<Certificate> certificates_in(const std::filesystem::path& file) {
        const auto content = content_of(file);
        if (!content) return {};
        auto certificates = certificates_of(*content);
        if (certificates.empty())
            unusable(file, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        for (const auto& certificate : certificates) examine_dates(file, *certificate);
        return certificates;
    }

    void examine_dates(const std::filesystem::path& file, const X509& certificate) {
        const auto name = "the certificate of " + subject_of(certificate);
        const auto from = moment_of(X509_get0_notBefore(&certificate)),
                   until = moment_of(X509_get0_notAfter(&certificate));
        if (!from || !until) return unusable(file, name + " has no dates that can be read");
        if (*from > now_) doubtful(file, name + " is not valid before " + in_words(*from));
        if (*until < now_)
            doubtful(file, name + " expired on " + in_words(*until) + "; peers that check it will refuse it");
        else if (*until - now_ < certificate_expires_soon)
            doubtful(file, name + " expires on " + in_words(*until) + "; get a new one before");
    }

    Key private_key() {
        Key key(nullptr, &EVP_PKEY_free);
        const auto content = content_of(files_->private_key);
        if (!content) return key;
        const Bio bio(BIO_new_mem_buf(content->data(), static_cast<int>(content->size())), &BIO_free_all);
        const auto no_passphrase = [](char*, int, int, void*) { return 0; };
        key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
        if (!key) {
            const bool encrypted = content->find("ENCRYPTED") != std::string::npos;
            unusable(files_->private_key, encrypted
                                              ? "needs a passphrase; the daemon has nobody to ask for it"
                                              : "holds no private key in PEM form");
        }
        struct stat status {};
        if (::stat(files_->private_key.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
            doubtful(files_->private_key, "everybody on this machine may read this private key (chmod o-r)");
        return key;
    }

    const TlsFiles* files_;
    Moment now_;
    TlsFindings found_;
};

}  // namespace

std::string in_words(std::chrono::system_clock::time_point when) {
    const auto seconds = std::chrono::system_clock::to_time_t(when);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
    return text;
}

std::vector<CertificateDate> certificate_dates(const std::filesystem::path& file) {
    std::vector<CertificateDate> dates;
    const auto content = read_file(file, largest_file_bytes);
    if (!content) return dates;
    for (const auto& certificate : certificates_of(*content))
        if (const auto until = moment_of(X509_get0_notAfter(certificate.get())))
            dates.push_back({subject_of(*certificate), *until});
    ERR_clear_error();
    return dates;
}

TlsFindings examine(const TlsFiles& files, std::chrono::system_clock::time_point now) {
    return Examination(files, now).run();
}

}  // namespace calcinode
