package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebianVersionTest {
  /// What `dpkg --compare-versions` says of each pair.
  @ParameterizedTest
  @CsvSource({
    "1.0-1,lt,1.0-2",
    "1.0~rc1-1,lt,1.0-1",
    "1.9,lt,1.10",
    "1:1.0,gt,2.0",
    "1.0,eq,0:1.0",
    "1.0-0,eq,1.0",
    "1.0a,gt,1.0",
    "1.0+b,gt,1.0a",
    "1.96.0+dfsg1-1~deb12u2,lt,1.96.0+dfsg1-1",
    "1.96.0+dfsg1-1~deb12u2,gt,1.96.0+dfsg1-1~deb12u1",
    "2.36-9+deb12u10,gt,2.36-9+deb12u9",
    "2.36-9+deb12u10,lt,2.36-10",
    "1.02,eq,1.2",
    "1.2.3-4-5,gt,1.2.3-4",
    "20220510,lt,20230101",
    "1.0.,gt,1.0"
  })
  void versionsAreOrderedAsByDpkg(String one, String relation, String other) {
    int expected = relation.equals("lt") ? -1 : relation.equals("gt") ? 1 : 0;
    var a = new DebianVersion(one);
    var b = new DebianVersion(other);

    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(expected);
    assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-expected);
  }
}
