package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.store.format.NarInfo;
import dev.kiln.store.format.PublicKey;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Signature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts that Nix reads though it would not write them so.
class LenientTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "=", "==", "===", "=x"})
  void base64EndsAtItsFirstPadding(String padding) throws Exception {
    var sri = Digest.sha256(new byte[0]).sri().replace("=", "");
    assertThat(Digest.parse(sri + padding, null)).isEqualTo(Digest.sha256(new byte[0]));
    var key = SecretKey.generate("k");
    var signature = key.sign(new byte[0]);
    assertThat(Signature.parse(unpadded(signature) + padding)).isEqualTo(signature);
    assertThat(PublicKey.parse(unpadded(key.publicKey()) + padding)).isEqualTo(key.publicKey());
  }

  private static String unpadded(Object text) {
    return text.toString().replace("=", "");
  }

  @Test
  void lineFeedsInBase64DoNotCount() throws Exception {
    var sri = Digest.sha256(new byte[0]).sri();
    assertThat(Digest.parse(sri.substring(0, 20) + "\n" + sri.substring(20), null))
        .isEqualTo(Digest.sha256(new byte[0]));
    assertThatThrownBy(() -> Digest.parse(sri.substring(0, 20) + " " + sri.substring(20), null))
        .isInstanceOf(KilnException.class);
  }

  @Test
  void aSignatureThatStandsThereTwiceIsOne() throws Exception {
    var signature = SecretKey.generate("k").sign(new byte[0]);
    var line = "Sig: " + signature + "\n";
    var text =
        """
        StorePath: /nix/store/%s-x
        URL: nar/x.nar
        Compression: none
        NarHash: %s
        NarSize: 1
        References:\s
        """
            .formatted("0".repeat(32), Digest.sha256(new byte[0]).prefixedNix32());
    var twice = NarInfo.parse(new StoreDir("/nix/store"), "x", text + line + line);
    assertThat(twice.info().signatures()).containsExactly(signature.toString());
    assertThat(twice.text(new StoreDir("/nix/store"))).isEqualTo(text + line);
  }
}
