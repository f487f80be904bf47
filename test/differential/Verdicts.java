import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/**
 * What event-ruler makes of patterns and events. Reads lines such as {"pattern": "...", "event": "..."}, each of them JSON
 * as text, and prints for each one line: "refused" with the reason, or "true" or "false" with the complexity of the rule.
 */
public class Verdicts {
  private static final int MAX_COMPLEXITY = 1000;

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode pair = json.readTree(line);
      out.println(verdict(pair.get("pattern").asText(), pair.get("event").asText()));
    }
    out.flush();
  }

  private static String verdict(String pattern, String event) {
    try {
      String reason = JsonRuleCompiler.check(pattern);
      if (reason != null) return "refused\t" + reason.split("\n")[0];
      Machine machine = new Machine();
      machine.addRule("rule", pattern);
      boolean matches = !machine.rulesForJSONEvent(event).isEmpty();
      return matches + "\t" + machine.evaluateComplexity(new MachineComplexityEvaluator(MAX_COMPLEXITY));
    } catch (Exception | Error e) {
      return "failed\t" + e.getClass().getSimpleName();
    }
  }
}
