package dev.kiln.fetch;

import dev.kiln.KilnException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Chooses a proxy as curl does: `http.proxy`, else `https_proxy` or `http_proxy`, else `all_proxy`
/// (upper case too, `HTTP_PROXY` apart); never for the hosts of `no_proxy`.
final class Proxies extends ProxySelector {
  private final HttpSettings settings;
  private final @Nullable InetSocketAddress https;
  private final @Nullable InetSocketAddress http;

  Proxies(HttpSettings settings) throws KilnException {
    this.settings = settings;
    this.https = address(settings.proxy(), "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
    this.http = address(settings.proxy(), "http_proxy", "all_proxy", "ALL_PROXY");
  }

  private @Nullable InetSocketAddress address(@Nullable String told, String... variables)
      throws KilnException {
    var text = told == null ? "" : told;
    for (var variable : variables) {
      text = text.isEmpty() ? settings.environment().getOrDefault(variable, "") : text;
    }
    if (text.isEmpty()) {
      return null;
    }
    try {
      var uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() == null || uri.getUserInfo() != null || !"http".equals(uri.getScheme())) {
        throw new KilnException(
            "the proxy `" + text + "` is not of the form http://HOST:PORT",
            "proxies with a password, and SOCKS proxies, cannot be used");
      }
      return InetSocketAddress.createUnresolved(
          uri.getHost(), uri.getPort() < 0 ? 1080 : uri.getPort());
    } catch (IllegalArgumentException e) {
      throw new KilnException("the proxy `" + text + "` is not a URL", null, e);
    }
  }

  @Override
  public List<Proxy> select(URI uri) {
    var proxy = "https".equals(uri.getScheme()) ? https : http;
    return proxy == null || isExcepted(String.valueOf(uri.getHost()))
        ? List.of(Proxy.NO_PROXY)
        : List.of(
            new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(proxy.getHostString(), proxy.getPort())));
  }

  private boolean isExcepted(String host) {
    var variables = settings.environment();
    var list = variables.getOrDefault("no_proxy", variables.getOrDefault("NO_PROXY", ""));
    var name = host.toLowerCase(Locale.ROOT);
    for (var entry : list.split("[, ]+", -1)) {
      var suffix = entry.toLowerCase(Locale.ROOT).replaceFirst("^\\.", "");
      if (suffix.equals("*")
          || (!suffix.isEmpty() && (name.equals(suffix) || name.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request itself reports the failure.
  }
}
