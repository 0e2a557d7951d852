// Runs another program, without a shell, and gives its exit code and all it printed.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace calcinode::test {

struct Ran {
    int code = -1;
    std::string output;
};

class Program {
  public:
    explicit Program(std::vector<std::string> words) {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) pid_ = -1;
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        output_ = ends[0];
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() { wait(); }

    Ran wait() {
        Ran ran;
        if (output_ < 0) return ran;
        char block[4096];
        for (ssize_t count; (count = ::read(output_, block, sizeof block)) > 0;)
            ran.output.append(block, static_cast<std::size_t>(count));
        ::close(output_);
        output_ = -1;
        int status = 0;
        if (pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_ && WIFEXITED(status))
            ran.code = WEXITSTATUS(status);
        return ran;
    }

  private:
    pid_t pid_ = -1;
    int output_ = -1;
};

inline Ran run(std::vector<std::string> words) {
    return Program(std::move(words)).wait();
}

}  // namespace calcinode::test
