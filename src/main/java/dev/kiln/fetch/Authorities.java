package dev.kiln.fetch;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Trust in the JDK's certificate authorities and in those of PEM files.
final class Authorities {
  private Authorities() {}

  /// Returns a context that trusts both.
  static SSLContext context(List<Path> files) throws KilnException {
    try {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (var manager : managers(null).getTrustManagers()) {
        if (manager instanceof X509TrustManager own) {
          for (X509Certificate certificate : own.getAcceptedIssuers()) {
            trusted.setCertificateEntry("jdk-" + trusted.size(), certificate);
          }
        }
      }
      for (var file : files) {
        addAll(trusted, file);
      }
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers(trusted).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new KilnException("cannot set up TLS", null, e);
    }
  }

  private static TrustManagerFactory managers(@Nullable KeyStore trusted)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory;
  }

  private static void addAll(KeyStore trusted, Path file) throws KilnException {
    try (var in = Files.newInputStream(file)) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("file-" + trusted.size(), certificate);
      }
    } catch (GeneralSecurityException | IOException e) {
      throw new KilnException(
          "cannot read the certificates in " + file,
          "check `http.cainfo`, CARGO_HTTP_CAINFO and SSL_CERT_FILE",
          e);
    }
  }
}
