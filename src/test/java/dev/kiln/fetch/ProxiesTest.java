package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  @Test
  void variablesChooseByScheme() throws Exception {
    var variables = new String[] {"https_proxy", "http://p1:3128", "http_proxy", "p2:8080"};

    assertThat(select(null, "https://a.example/", variables)).isEqualTo("p1:3128");
    assertThat(select(null, "http://a.example/", variables)).isEqualTo("p2:8080");
  }

  @Test
  void theConfigurationComesFirst() throws Exception {
    assertThat(select("http://conf:1", "https://a.example/", "HTTPS_PROXY", "http://p1:3128"))
        .isEqualTo("conf:1");
  }

  @Test
  void exceptedHostsAreReachedDirectly() throws Exception {
    var variables =
        new String[] {"ALL_PROXY", "http://p:1", "no_proxy", "localhost,.inner.example"};

    assertThat(select(null, "https://a.example/", variables)).isEqualTo("p:1");
    assertThat(select(null, "https://localhost/", variables)).isEqualTo("direct");
    assertThat(select(null, "https://x.inner.example/", variables)).isEqualTo("direct");
    assertThat(select(null, "https://winner.example/", variables)).isEqualTo("p:1");
    assertThat(select(null, "https://a.example/", "ALL_PROXY", "http://p:1", "NO_PROXY", "*"))
        .isEqualTo("direct");
  }

  @Test
  void withoutAnyTheWayIsDirect() throws Exception {
    assertThat(select(null, "https://a.example/")).isEqualTo("direct");
  }

  @Test
  void whatCannotBeUsedIsRefused() {
    assertThatThrownBy(() -> select("http://user:pw@p:1", "https://a.example/"))
        .isInstanceOf(KilnException.class);
    assertThatThrownBy(() -> select("socks5://p:1", "https://a.example/"))
        .isInstanceOf(KilnException.class);
  }

  private static String select(@Nullable String proxy, String url, String... variables)
      throws KilnException {
    var environment = new TreeMap<String, String>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    var settings =
        new HttpSettings(
            false,
            0,
            Duration.ofSeconds(1),
            Duration.ZERO,
            true,
            "",
            proxy,
            List.of(),
            environment);
    var chosen = new Proxies(settings).select(URI.create(url)).getFirst();
    return chosen.type() == Proxy.Type.DIRECT
        ? "direct"
        : ((InetSocketAddress) chosen.address()).getHostString()
            + ":"
            + ((InetSocketAddress) chosen.address()).getPort();
  }
}
