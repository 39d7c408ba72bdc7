package dev.kiln.ops.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashOperationTest {
  private final Path root = Jimfs.newFileSystem(Configuration.unix()).getPath("/w");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, (1 << 19) - 1, 1 << 19, (1 << 19) + 1, 1 << 20, (1 << 21) + 12_345})
  void aFileOfAnyLengthIsHashedAsItIs(int length) throws Exception {
    var contents = new byte[length];
    new Random(length).nextBytes(contents);
    var file = Files.write(Files.createDirectories(root).resolve("file"), contents);
    for (var algorithm : HashAlgorithm.values()) {
      var expected = MessageDigest.getInstance(algorithm.jcaName()).digest(contents);
      assertThat(HashOperation.file(file, algorithm).hex())
          .isEqualTo(HexFormat.of().formatHex(expected));
    }
  }

  /// Another JDK may have the class elsewhere: slower, but no failure.
  @Test
  void sha256ComesWithoutTheProviderThatHasAll() {
    assertThat(Digest.messageDigest(HashAlgorithm.SHA256).getProvider().getName())
        .isEqualTo("kiln");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var file = root.resolve("nothing");
    assertThatThrownBy(() -> HashOperation.file(file, HashAlgorithm.SHA256))
        .isInstanceOf(KilnException.class)
        .hasMessage("cannot read " + file);
  }
}
