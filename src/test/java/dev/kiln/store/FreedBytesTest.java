package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreedBytesTest {
  private final Path root =
      Jimfs.newFileSystem(
              Configuration.unix().toBuilder()
                  .setAttributeViews("basic", "owner", "posix", "unix")
                  .build())
          .getPath("/s");
  private final StoreLayout layout = new StoreLayout(root);

  @BeforeEach
  void makeObjects() throws IOException {
    for (var name : new String[] {"a", "b"}) {
      var object = Files.createDirectories(layout.objects().resolve(name));
      Files.write(object.resolve("own"), new byte[10]);
    }
  }

  private Path object(String name) {
    return layout.objects().resolve(name);
  }

  @Test
  void aFileIsFreedWithItsLastName() throws IOException {
    Files.write(object("a").resolve("both"), new byte[100]);
    Files.createLink(object("b").resolve("both"), object("a").resolve("both"));
    Files.write(root.resolve("elsewhere"), new byte[1000]);
    Files.createLink(object("b").resolve("kept"), root.resolve("elsewhere"));
    var room = new FreedBytes(layout);
    assertThat(room.add(object("a"))).isEqualTo(10);
    assertThat(room.add(object("b"))).isEqualTo(110);
    assertThat(room.add(object("none"))).isZero();
  }

  @Test
  void namesThatAreDeletedMeanwhileCountOnce() throws IOException {
    Files.write(object("a").resolve("both"), new byte[100]);
    Files.createLink(object("b").resolve("both"), object("a").resolve("both"));
    var room = new FreedBytes(layout);
    assertThat(room.add(object("a"))).isEqualTo(10);
    Files.delete(object("a").resolve("both"));
    assertThat(room.add(object("b"))).isEqualTo(110);
  }

  @Test
  void whatLinksShareIsFreedWithTheLastObject() throws IOException {
    Files.createDirectories(layout.links());
    var link = Files.write(layout.links().resolve("hash"), new byte[100]);
    Files.createLink(object("a").resolve("shared"), link);
    Files.createLink(object("b").resolve("shared"), link);
    var room = new FreedBytes(layout);
    assertThat(room.add(object("a"))).isEqualTo(10);
    assertThat(room.add(object("b"))).isEqualTo(110);
  }
}
