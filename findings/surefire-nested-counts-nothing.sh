#!/usr/bin/env bash
# Maven Surefire: the report of a class with @Nested classes counts no tests, and a method with brackets runs none and passes
#
# Packages: maven-surefire-plugin 3.5.4, junit-jupiter 5.13.4 (Maven).
# 1. TEST-CartTest.xml of a class with a @Nested class and two failures. Its first element could be expected to say
#    tests="2" failures="2". Seen: tests="0" errors="0" skipped="0" failures="0", with both failures among its cases.
# 2. The report names a row of a parametrised test "price(String)[2]". -Dtest='PriceTest#price(String)[2]' could be expected to
#    run it, or to fail as no test matches: failIfNoSpecifiedTests is on. Seen: nothing runs, there is no report, exit status 0.
#    So with any method that does not exist in a class that does; only a class that does not exist fails.
#
# Needs Java 17 and Maven. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p src/test/java
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.13.4</version><scope>test</scope></dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.0</version></plugin>
  </plugins></build>
</project>
XML
cat > src/test/java/CartTest.java <<'JAVA'
import static org.junit.jupiter.api.Assertions.fail;
import org.junit.jupiter.api.*;

class CartTest {
  @Test void adds() { fail(); }
  @Nested class Inner { @Test void adds() { fail(); } }
}
JAVA
cat > src/test/java/PriceTest.java <<'JAVA'
import static org.junit.jupiter.api.Assertions.assertEquals;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {
  @ParameterizedTest @ValueSource(strings = {"a", "b"}) void price(String name) { assertEquals("a", name); }
}
JAVA

# run ARGUMENTS: prints the exit status; what Maven itself cannot do ends the script.
run() {
  rm -rf target/surefire-reports
  local status=0
  mvn -B test "$@" > log 2>&1 || status=$?
  grep -q 'surefire.*:test' log || { cat log >&2; exit 2; }
  echo "$status"
}

run > status
head=$(sed -n 's#.*<testsuite .* name="CartTest" time="[^"]*" \([^>]*\)>.*#\1#p' target/surefire-reports/TEST-CartTest.xml)
failures=$(grep -c '<failure' target/surefire-reports/TEST-CartTest.xml)
echo "exit status $(cat status); <testsuite $head> with $failures failures"
[ "$head" = 'tests="0" errors="0" skipped="0" failures="0"' ] && [ "$failures" = 2 ] || { echo "expected counts of 0 and 2 failures: the behaviour has changed" >&2; exit 1; }
grep -q 'name="price(String)\[2\]"' target/surefire-reports/TEST-PriceTest.xml || { echo "expected price(String)[2]: the behaviour has changed" >&2; exit 1; }

for method in 'price(String)[2]' nothing; do
  status=$(run "-Dtest=PriceTest#$method")
  reports=$(find target -name 'TEST-*.xml' | wc -l)
  echo "-Dtest=PriceTest#$method: exit status $status, $reports reports"
  [ "$status $reports" = "0 0" ] || { echo "expected 0 and no report: the behaviour has changed" >&2; exit 1; }
done
status=$(run -Dtest=NoTest)
echo "-Dtest=NoTest: exit status $status"
[ "$status" = 1 ] || { echo "expected 1: the behaviour has changed" >&2; exit 1; }
