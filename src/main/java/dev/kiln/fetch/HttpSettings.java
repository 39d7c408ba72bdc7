package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How the network is used: Cargo's `http.*` and `net.*` settings, and the variables that other
/// programs obey.
///
/// `authorities` are files of certificates that are trusted beside the JDK's own. `proxy` is
/// `http.proxy`; without it the variables in `environment` count. `pause` is the wait before the
/// first new attempt, doubled for each further one.
public record HttpSettings(
    boolean offline,
    int retries,
    Duration timeout,
    Duration pause,
    boolean multiplexed,
    String userAgent,
    @Nullable String proxy,
    List<Path> authorities,
    SortedMap<String, String> environment) {

  /// Where systems keep the certificates that they trust (what openssl-probe looks at).
  private static final List<String> SYSTEM_AUTHORITIES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  public HttpSettings {
    authorities = List.copyOf(authorities);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /// Reads the configuration; `offline` is the flag, beside which `net.offline` counts.
  public static HttpSettings of(CargoConfig config, boolean offline) throws KilnException {
    var retries = config.integer("net", "retry");
    var timeout = config.integer("http", "timeout");
    var proxy = config.string("http", "proxy");
    var agent = config.string("http", "user-agent");
    return new HttpSettings(
        offline || Boolean.TRUE.equals(config.bool("net", "offline")),
        retries == null ? 3 : Math.clamp(retries, 0, 100),
        Duration.ofSeconds(timeout == null ? 30 : Math.max(1, timeout)),
        Duration.ofMillis(500),
        !Boolean.FALSE.equals(config.bool("http", "multiplexing")),
        agent == null ? "kiln" : agent.value(),
        proxy == null ? null : proxy.value(),
        authorities(config),
        config.environment());
  }

  private static List<Path> authorities(CargoConfig config) throws KilnException {
    var files = new ArrayList<Path>();
    var told = config.path("http", "cainfo");
    if (told != null) {
      files.add(told);
    }
    var variable = config.environment().get("SSL_CERT_FILE");
    if (variable != null && !variable.isEmpty()) {
      files.add(config.cwd().resolve(variable));
    }
    if (files.isEmpty()) {
      for (var place : SYSTEM_AUTHORITIES) {
        var file = config.cwd().resolve(place);
        if (Files.isReadable(file)) {
          files.add(file);
          break;
        }
      }
    }
    return files;
  }
}
