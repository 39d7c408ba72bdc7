package dev.kiln.toml;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;

/// Writes TOML values as JSON, dates as serde does.
final class Json {
  private static final int LEAST_PLAIN_EXPONENT = -5;
  private static final int GREATEST_PLAIN_EXPONENT = 15;

  private Json() {}

  static void write(TomlValue value, StringBuilder out) {
    switch (value.raw()) {
      case String string -> out.append(quote(string));
      case Long number -> out.append(number);
      case Double number -> out.append(Double.isFinite(number) ? text(number) : "null");
      case Boolean bool -> out.append(bool);
      case List<?> items -> {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
          out.append(i == 0 ? "" : ",");
          write((TomlValue) items.get(i), out);
        }
        out.append(']');
      }
      case TomlTable table -> {
        out.append('{');
        for (var entry : table.entries()) {
          out.append(out.charAt(out.length() - 1) == '{' ? "" : ",");
          out.append(quote(entry.getKey())).append(':');
          write(entry.getValue(), out);
        }
        out.append('}');
      }
      case TemporalAccessor date ->
          out.append("{\"$__toml_private_datetime\":").append(quote(text(date))).append('}');
      default -> throw new IllegalStateException("no TOML value: " + value.raw());
    }
  }

  /// Writes the fewest digits that mean the number, with an exponent where it is far from 1, as
  /// Rust's libraries do.
  private static String text(double number) {
    var decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    int exponent = decimal.signum() == 0 ? 0 : decimal.precision() - decimal.scale() - 1;
    var sign = 1 / number < 0 || number < 0 ? "-" : "";
    if (exponent >= LEAST_PLAIN_EXPONENT && exponent <= GREATEST_PLAIN_EXPONENT) {
      return sign + decimal.setScale(Math.max(1, decimal.scale())).toPlainString();
    }
    var digits = decimal.unscaledValue().toString();
    var fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return sign + digits.charAt(0) + fraction + (exponent < 0 ? "e" : "e+") + exponent;
  }

  /// Writes seconds always, as TOML has them.
  private static String text(TemporalAccessor date) {
    var format =
        switch (date) {
          case OffsetDateTime _ -> DateTimeFormatter.ISO_OFFSET_DATE_TIME;
          case LocalDateTime _ -> DateTimeFormatter.ISO_LOCAL_DATE_TIME;
          case LocalTime _ -> DateTimeFormatter.ISO_LOCAL_TIME;
          default -> DateTimeFormatter.ISO_LOCAL_DATE;
        };
    return format.format(date);
  }

  static String quote(String text) {
    var out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
