package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings single files from servers and from folders (`file://`), hashed as they arrive.
public final class Downloads implements AutoCloseable {
  private final HttpSettings settings;
  private @Nullable Http http;

  public Downloads(HttpSettings settings) {
    this.settings = settings;
  }

  /// Writes what an address has to a file and returns its SHA-256; empty where there is no such
  /// thing. `what` is for the message where the user forbade the network.
  public Optional<Digest> get(String what, URI uri, Path file)
      throws KilnException, InterruptedException {
    if ("file".equals(uri.getScheme())) {
      return copy(uri, file);
    }
    if (settings.offline()) {
      throw new KilnException(
          "attempting to download " + what + ", but --offline was specified",
          "run `kiln toolchain install` with a network first, or leave --offline and --frozen out");
    }
    var got = http().get(uri, () -> Files.newOutputStream(file));
    if (got.status() == 404 || got.status() == 410) {
      return Optional.empty();
    }
    if (!got.isSuccess()) {
      throw new KilnException(
          "failed to download from `" + uri + "`: the server answered " + got.status());
    }
    return Optional.of(got.digest());
  }

  /// Returns how many bytes an address has; 0 where nobody knows.
  public long size(URI uri) throws KilnException, InterruptedException {
    if (!"file".equals(uri.getScheme())) {
      return settings.offline() ? 0 : http().size(uri);
    }
    try {
      return Files.size(Path.of(uri));
    } catch (IOException e) {
      return 0;
    }
  }

  private static Optional<Digest> copy(URI uri, Path file) throws KilnException {
    var source = file.resolve(uri.getPath());
    if (!Files.isRegularFile(source)) {
      return Optional.empty();
    }
    try {
      Files.copy(source, file);
    } catch (IOException e) {
      throw new KilnException("cannot read " + source, null, e);
    }
    return Optional.of(CrateFiles.hash(file));
  }

  private synchronized Http http() throws KilnException {
    var open = http;
    if (open == null) {
      open = new Http(settings);
      http = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    var open = http;
    if (open != null) {
      open.close();
      http = null;
    }
  }
}
