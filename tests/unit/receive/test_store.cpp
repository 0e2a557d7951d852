#include "node.hpp"

using namespace calcinode;
using namespace calcinode::test;

TEST_CASE("a verification request is answered") {
    const Node node;
    CHECK(run(node.words("echoscu", {})).code == 0);
}

TEST_CASE("an acknowledged instance is in the spool, byte for byte, and has its row") {
    Node node;
    const auto content = ct_file({});
    const auto sent = node.send({write_file(node.folder / "a.dcm", content)});
    CHECK(sent.output.find("Received Store Response (Success)") != std::string::npos);

    const auto row = node.database->find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(row->study_uid == "1.2");
    CHECK(row->series_uid == "1.2.3");
    CHECK(row->modality == "CT");
    CHECK(row->calling_ae == "STORESCU");
    CHECK(dataset_of(read_file(node.spool->file_of(*row))) == dataset_of(content));
    CHECK(node.half_written() == 0);
}
