package dev.kiln.toolchain;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.memo.Memo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A machine in memory: files, and programs that answer what they were told to.
final class FakeMachine implements Runner, AutoCloseable {
  static final String VERSION =
      """
      rustc 1.95.0 (59807616e 2026-04-14)
      binary: rustc
      host: x86_64-unknown-linux-gnu
      release: 1.95.0
      LLVM version: 22.1.2
      """;

  final FileSystem files =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setAttributeViews("basic", "owner", "posix", "unix")
              .setWorkingDirectory("/home/ann/app")
              .build());
  final List<Question> questions = new ArrayList<>();
  private final Map<String, Answer> answers = new HashMap<>();

  Path path(String path) {
    return files.getPath(path);
  }

  Path write(String path, String text) throws IOException {
    return write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  Path write(String path, byte[] contents) throws IOException {
    var file = path(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, contents);
  }

  Path link(String path, String target) throws IOException {
    Files.createDirectories(path(path).getParent());
    return Files.createSymbolicLink(path(path), path(target));
  }

  Memo memo() {
    return new Memo(path("/cache"));
  }

  /// Makes a program answer a command line (its path and arguments with spaces between).
  void answer(String commandLine, int exit, String out, String err) {
    answers.put(commandLine, new Answer(exit, out, err));
  }

  /// Installs a toolchain of rustup's layout whose rustc answers for itself.
  void toolchain(String directory, String version) throws IOException {
    write(directory + "/bin/rustc", elf(null, List.of(), "$ORIGIN/../lib"));
    answer(directory + "/bin/rustc --print=sysroot", 0, directory + "\n", "");
    answer(directory + "/bin/rustc -vV", 0, version, "");
  }

  RustcChoice choice(String... variables) {
    return told(null, null, variables);
  }

  RustcChoice told(@Nullable String configured, @Nullable String toolchain, String... variables) {
    SortedMap<String, String> environment = new TreeMap<>();
    environment.put("HOME", "/home/ann");
    environment.put("PATH", "/home/ann/.cargo/bin:/usr/bin");
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return new RustcChoice(path("/home/ann/app"), environment, configured, toolchain);
  }

  @Override
  public Answer run(Question question) {
    questions.add(question);
    return answers.getOrDefault(
        String.join(" ", question.argv()), new Answer(127, "", "not told: " + question.argv()));
  }

  /// Returns a 64-bit ELF file with an interpreter, needed libraries and a run path.
  static byte[] elf(@Nullable String interpreter, List<String> needed, @Nullable String runPath) {
    var strings = new StringBuilder("\0");
    var dynamic = ByteBuffer.allocate(16 * (needed.size() + 4)).order(ByteOrder.LITTLE_ENDIAN);
    for (var name : needed) {
      dynamic.putLong(1).putLong(strings.length());
      strings.append(name).append('\0');
    }
    if (runPath != null) {
      dynamic.putLong(29).putLong(strings.length());
      strings.append(runPath).append('\0');
    }
    int place = strings.length();
    strings.append(interpreter == null ? "" : interpreter).append('\0');
    dynamic.putLong(5).putLong(0x1000).putLong(10).putLong(strings.length());
    int text = 64 + 3 * 56;
    int table = text + strings.length();
    var file = ByteBuffer.allocate(table + dynamic.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 3);
    segment(file, 0, 1, text, 0x1000, strings.length());
    segment(file, 1, 2, table, 0x4000, dynamic.capacity());
    segment(
        file,
        2,
        interpreter == null ? 0 : 3,
        text + place,
        0x1000 + place,
        interpreter == null ? 0 : interpreter.length() + 1);
    file.put(text, strings.toString().getBytes(StandardCharsets.UTF_8));
    file.put(table, dynamic.array());
    return file.array();
  }

  private static void segment(
      ByteBuffer file, int index, int type, long offset, long address, long size) {
    int at = 64 + index * 56;
    file.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, address);
    file.putLong(at + 32, size);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
