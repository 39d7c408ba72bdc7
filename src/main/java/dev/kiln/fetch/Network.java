package dev.kiln.fetch;

import dev.kiln.KilnException;
import org.jspecify.annotations.Nullable;

/// The way out, opened when it is first needed, and the cache of what came in.
final class Network implements AutoCloseable {
  private final HttpSettings settings;
  private final CrateFiles files;
  private @Nullable Http http;

  Network(HttpSettings settings, CrateFiles files) {
    this.settings = settings;
    this.files = files;
  }

  CrateFiles files() {
    return files;
  }

  /// Returns how many new attempts `net.retry` allows.
  int retries() {
    return settings.retries();
  }

  boolean isForbidden() {
    return settings.offline();
  }

  /// Fails where the user forbade the network.
  void require(String what) throws KilnException {
    if (isForbidden()) {
      throw new KilnException(
          "attempting to " + what + ", but --offline was specified",
          "run `kiln fetch` with a network first, or leave --offline and --frozen out");
    }
  }

  synchronized Http http() throws KilnException {
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
