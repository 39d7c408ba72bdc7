package dev.kiln.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A sparse registry on loopback, with answers that go wrong when they are told to.
final class TestRegistry implements AutoCloseable {
  /// Answers a request in its own way; says whether it did.
  @FunctionalInterface
  interface Fault {
    boolean answer(HttpExchange exchange, byte[] right) throws IOException, InterruptedException;
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, CopyOnWriteArrayList<Fault>> faults = new ConcurrentHashMap<>();

  TestRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    put("/index/config.json", text("{\"dl\":\"" + url() + "/dl\"}"));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  SourceId source() {
    return SourceId.registry("sparse+" + url() + "/index/");
  }

  void put(String path, byte[] contents) {
    files.put(path, contents);
  }

  /// Publishes a crate and returns what a lock file would want.
  Wanted publish(String name, String version) throws KilnException {
    var crate = crate(name, version, Map.of("src/lib.rs", "// " + name));
    var checksum = Digest.sha256(crate);
    put("/dl/" + name + "/" + version + "/download", crate);
    var index = "/index/" + IndexPath.of(name);
    var line =
        "{\"name\":\"%s\",\"vers\":\"%s\",\"deps\":[],\"cksum\":\"%s\",\"features\":{},\"yanked\":false}\n"
            .formatted(name, version, checksum.hex());
    files.merge(index, text(line), (old, more) -> text(text(old) + text(more)));
    return new Wanted(new PackageId(name, Version.parse(version), source()), checksum);
  }

  /// Lets the next answers for a path go wrong, one fault each.
  void fail(String path, Fault... next) {
    faults.computeIfAbsent(path, _ -> new CopyOnWriteArrayList<>()).addAll(List.of(next));
  }

  static Fault status(int status) {
    return (exchange, _) -> {
      exchange.sendResponseHeaders(status, -1);
      return true;
    };
  }

  static Fault instead(byte[] contents) {
    return (exchange, _) -> {
      exchange.sendResponseHeaders(200, contents.length);
      exchange.getResponseBody().write(contents);
      return true;
    };
  }

  /// Promises everything and sends half before the connection ends.
  static Fault cut() {
    return (exchange, right) -> {
      exchange.sendResponseHeaders(200, right.length);
      exchange.getResponseBody().write(right, 0, right.length / 2);
      exchange.getResponseBody().flush();
      return true;
    };
  }

  /// Sends half and then nothing for a time.
  static Fault stall(long millis) {
    return (exchange, right) -> {
      exchange.sendResponseHeaders(200, right.length);
      exchange.getResponseBody().write(right, 0, right.length / 2);
      exchange.getResponseBody().flush();
      Thread.sleep(millis);
      return true;
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    requests.add(path);
    var contents = files.get(path);
    try (exchange) {
      var waiting = faults.get(path);
      if (waiting != null && !waiting.isEmpty()) {
        waiting.removeFirst().answer(exchange, contents == null ? new byte[0] : contents);
      } else if (contents == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        exchange.sendResponseHeaders(200, contents.length);
        exchange.getResponseBody().write(contents);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns a `.crate` with a manifest and these files.
  static byte[] crate(String name, String version, Map<String, String> files) {
    var all = new HashMap<>(files);
    all.put("Cargo.toml", manifest(name, version));
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (var file : all.entrySet()) {
        var contents = text(file.getValue());
        var entry = new TarArchiveEntry(name + "-" + version + "/" + file.getKey());
        entry.setSize(contents.length);
        tar.putArchiveEntry(entry);
        tar.write(contents);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static String manifest(String name, String version) {
    return "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n";
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
