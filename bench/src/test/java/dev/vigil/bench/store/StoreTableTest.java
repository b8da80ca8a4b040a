package dev.vigil.bench.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.bench.load.Latencies;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StoreTableTest {

  @Test
  void saysHowManyTimesBetterOursIs() {
    StoreTable table = new StoreTable();
    table.put(Row.TRANSACTION_100, Column.VIGIL, new Figure(4_000, "4,000"));
    table.put(Row.TRANSACTION_100, Column.DEFAULT, new Figure(500, "500"));
    table.put(Row.TRANSACTION_100, Column.COPY, new Figure(40_000, "40,000"));
    table.put(Row.NEWEST, Column.VIGIL, new Figure(2, "2.0 / 4.0"));
    table.put(Row.NEWEST, Column.TUNED, new Figure(80, "80 / 136"));
    table.put(Row.LASTN, Column.VIGIL, new Figure(2, "2.0 / 4.0"));
    table.put(Row.LASTN, Column.TUNED, new Figure(Double.NaN, "refused"));
    assertThat(table.text().lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "transactions of 100, Observations/s 4,000 500 - 40,000 8.00 - 0.10 50x default, 30x"
                + " tuned",
            "subject + code, newest 100 2.0 / 4.0 - 80 / 136 - - 40 - 3 / 8 ms",
            "$lastn, 3 of each vital sign 2.0 / 4.0 - refused - - - - 3 / 8 ms");
  }

  @Test
  void ranksLatencies() {
    Latencies latencies =
        Latencies.of(LongStream.rangeClosed(1, 100).map(n -> n * 1_000_000).toArray());
    assertThat(latencies).isEqualTo(new Latencies(100, 50, 95, 100));
    assertThat(Latencies.of(new long[0]).p50()).isNaN();
  }

  @Nested
  class ReadingBack {

    private static Map<String, String> leaves(String json) {
      return ReadBack.leaves(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void looksPastWhatIsTheServers() {
      assertThat(
              leaves(
                  """
                  {"id":"1","meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:00Z","source":"#x"},
                  "status":"final"}
                  """))
          .isEqualTo(leaves("{\"status\":\"final\"}"));
    }

    @Test
    void seesALostDigit() {
      assertThat(leaves("{\"value\":6.30}")).isNotEqualTo(leaves("{\"value\":6.3}"));
    }

    @Test
    void seesAnOrderThatChanged() {
      assertThat(leaves("{\"a\":[1,2]}")).isNotEqualTo(leaves("{\"a\":[2,1]}"));
      assertThat(leaves("{\"a\":1,\"b\":2}")).isEqualTo(leaves("{\"b\":2,\"a\":1}"));
    }

    @Test
    void seesATextThatBecameANumber() {
      assertThat(leaves("{\"a\":\"1\"}")).isNotEqualTo(leaves("{\"a\":1}"));
    }
  }
}
