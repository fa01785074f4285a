// The HTML report in a real browser. With ERIS_SCREENSHOTS=FOLDER in the environment each test also
// leaves pictures there, for people to look at.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "reports/testing/browser.hpp"
#include "reports/testing/sample_runs.hpp"

namespace eris::reports {
namespace {

using testing::Browser;
using ::testing::IsEmpty;
using testing::SampleRun;

/// One browser serves all tests of this program: it is what takes most of their time.
class HtmlInBrowser : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (testing::find_chromedriver()) browser_ = std::make_unique<Browser>(1280, 900);
  }
  static void TearDownTestSuite() { browser_.reset(); }

  void SetUp() override {
    if (!browser_) GTEST_SKIP() << "chromedriver is not installed (Debian: chromium-driver)";
    browser_->resize(1280, 900);
    browser_->emulate_media("prefers-color-scheme", "light");
  }
  void TearDown() override {
    std::error_code never_written;
    std::filesystem::remove(page_, never_written);
  }

  void open(const SampleRun& run) {
    std::ofstream(page_, std::ios::binary) << to_html(run.input());
    browser_->open(page_);
    browser_->await("return window.eris !== undefined");
  }

  void picture(const std::string& name) {
    if (const char* folder = std::getenv("ERIS_SCREENSHOTS"))
      browser_->save_screenshot(std::filesystem::path(folder) / (name + ".png"));
  }

  double span() { return browser_->evaluate("return eris.view.to - eris.view.from"); }
  bool whole_run_shown() {
    return browser_->evaluate("return eris.view.from === 0 && eris.view.to === eris.view.limit");
  }
  std::string text_of(const std::string& selector) {
    return browser_->evaluate("return document.querySelector('" + selector + "').textContent");
  }

  static std::unique_ptr<Browser> browser_;
  // A name of its own for each test, as they may run at the same time.
  std::filesystem::path page_ =
      std::filesystem::temp_directory_path() /
      (std::string("eris-report-") +
       ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".html");
};

std::unique_ptr<Browser> HtmlInBrowser::browser_;

TEST_F(HtmlInBrowser, EveryVerdictOpensWithoutErrorsAndAsksNothingOfTheNetwork) {
  const std::pair<const char*, SampleRun> runs[] = {{"valid", testing::valid_run()},
                                                    {"invalid", testing::stale_read_run()},
                                                    {"unknown", testing::unknown_run()},
                                                    {"vacuous", testing::vacuous_run()},
                                                    {"environment", testing::environment_run()}};
  for (const auto& [verdict, run] : runs) {
    SCOPED_TRACE(verdict);
    open(run);
    EXPECT_EQ(browser_->evaluate("return document.body.dataset.verdict"), verdict);
    EXPECT_THAT(browser_->console_errors(), IsEmpty());
    EXPECT_THAT(browser_->network_requests(), IsEmpty());
    picture(verdict);
  }
}

TEST_F(HtmlInBrowser, ShowsVerdictAndWitnessInWordsAndAsADrawing) {
  open(testing::stale_read_run());
  EXPECT_EQ(text_of("#verdict"),
            "Invalid: not linearizable: stale read on key x during fault #1, isolate leader n1.");
  EXPECT_EQ(browser_->evaluate("return document.querySelectorAll('.witness svg .step').length"), 3);
  const std::string drawn = text_of(".witness svg");
  EXPECT_THAT(drawn, ::testing::HasSubstr("read x → 1"));
  EXPECT_THAT(drawn, ::testing::HasSubstr("read 1 although 2 was there"));
  EXPECT_THAT(drawn, ::testing::HasSubstr("#1 isolate leader n1"));
  EXPECT_THAT(drawn, ::testing::HasSubstr("n2 leads"));
}

TEST_F(HtmlInBrowser, DrawsAProofThatIsACircleAsARing) {
  open(testing::circular_run());
  EXPECT_EQ(browser_->evaluate("return document.querySelectorAll('.circle svg .member').length"),
            3);
  EXPECT_EQ(browser_->evaluate("return document.querySelectorAll('.circle svg .edge').length"), 3);
  EXPECT_THAT(text_of(".circle svg"), ::testing::HasSubstr("rw"));
  EXPECT_THAT(browser_->console_errors(), IsEmpty());
  picture("circle");
}

TEST_F(HtmlInBrowser, TheWheelZoomsOnlyATimelineThatWasClickedInto) {
  open(testing::valid_run());
  browser_->turn_wheel("#tracks", -240);
  EXPECT_TRUE(whole_run_shown()) << "the page scrolls past a timeline that nobody chose";
  browser_->click_at("#tracks", 400, 10);
  browser_->await("return document.activeElement === document.getElementById('tracks')");
  browser_->turn_wheel("#tracks", -240);
  browser_->await("return eris.view.to - eris.view.from < eris.view.limit * 0.9");
  const double zoomed = span();
  browser_->turn_wheel("#tracks", 120);
  browser_->await("return eris.view.to - eris.view.from > " + std::to_string(zoomed * 1.1));
}

TEST_F(HtmlInBrowser, KeysAndButtonsMoveThroughTheRun) {
  open(testing::valid_run());
  browser_->click("[data-act=in]");
  browser_->await("return eris.view.to - eris.view.from < eris.view.limit * 0.7");
  const double from = browser_->evaluate("return eris.view.from");
  browser_->click_at("#tracks", 400, 10);
  browser_->press("\uE014");  // right arrow
  browser_->await("return eris.view.from > " + std::to_string(from));
  browser_->press("0");
  EXPECT_TRUE(whole_run_shown());
  browser_->press("n");
  browser_->await("return eris.view.from > 3e5 && eris.view.to < 1.8e6");  // about fault #1
}

TEST_F(HtmlInBrowser, AClickOnAFindingZoomsToItsWitness) {
  open(testing::stale_read_run());
  browser_->click("[data-show='0']");
  EXPECT_FALSE(whole_run_shown());
  EXPECT_TRUE(browser_->evaluate("return eris.view.from < 300000 && eris.view.to > 821000"));
  EXPECT_EQ(browser_->evaluate("return eris.highlighted.length"), 3);
  picture("invalid_finding");
}

TEST_F(HtmlInBrowser, ABrokenRuleStandsBesideWhatClientsSaw) {
  open(testing::split_brain_run());
  EXPECT_THAT(text_of("#verdict"), ::testing::HasSubstr("because n1 and n2 both led term 1"));
  EXPECT_THAT(
      text_of("#finding-0 .context"),
      ::testing::HasSubstr("Because n1 and n2 both led term 1 (election-safety, at 0.735 s)"));
  EXPECT_THAT(text_of("#finding-1"), ::testing::HasSubstr("not protocol-safe"));
  picture("split_brain");
  browser_->click("[data-show='1']");
  EXPECT_TRUE(browser_->evaluate("return eris.view.from < 735000 && eris.view.to > 735000"));
  EXPECT_THAT(browser_->console_errors(), IsEmpty());
  picture("split_brain_finding");
}

TEST_F(HtmlInBrowser, HoveringAnOperationTellsItInFull) {
  open(testing::valid_run());
  const auto at = browser_->evaluate("return eris.pointOf(5)");
  browser_->hover_at("#tracks", at["x"].get<int>(), at["y"].get<int>());
  browser_->await("return !document.getElementById('tooltip').hidden");
  EXPECT_THAT(text_of("#tooltip"), ::testing::HasSubstr("write x 5 → ?"));
  EXPECT_THAT(text_of("#tooltip"), ::testing::HasSubstr("timed out after 1 s"));
  picture("valid_tooltip");
}

TEST_F(HtmlInBrowser, FiltersShowOnlyWhatPasses) {
  open(testing::valid_run());
  ASSERT_EQ(browser_->evaluate("return eris.shown"), 10);
  browser_->click("#filter-ok");
  EXPECT_EQ(browser_->evaluate("return eris.shown"), 2);
  browser_->evaluate(
      "const key = document.getElementById('filter-key');"
      "key.value = [...key.options].find((o) => o.textContent.startsWith('y')).value;"
      "key.dispatchEvent(new Event('change'))");
  EXPECT_EQ(browser_->evaluate("return eris.shown"), 0);
  EXPECT_EQ(text_of("#shown"), "0 of 10 operations");
}

TEST_F(HtmlInBrowser, HostileValuesAreShownAsText) {
  open(testing::hostile_run());
  EXPECT_TRUE(browser_->evaluate("return window.pwned === undefined"));
  EXPECT_EQ(browser_->evaluate("return document.images.length"), 0);
  EXPECT_THAT(text_of("#verdict"), ::testing::HasSubstr("<img src=x onerror=\"window.pwned=1\">"));
  EXPECT_THAT(text_of(".witness svg"), ::testing::HasSubstr("</script>"));
  const auto at = browser_->evaluate("return eris.pointOf(0)");
  browser_->click_at("#tracks", at["x"].get<int>(), at["y"].get<int>());
  browser_->await("return !document.getElementById('selected').hidden");
  EXPECT_THAT(text_of("#selected"), ::testing::HasSubstr("</script><script>window.pwned=2"));
  EXPECT_TRUE(browser_->evaluate("return window.pwned === undefined"));
  EXPECT_EQ(browser_->evaluate("return document.images.length"), 0);
  EXPECT_THAT(browser_->console_errors(), IsEmpty());
  picture("hostile");
}

TEST_F(HtmlInBrowser, FollowsTheLightAndTheWidthOfTheWindow) {
  open(testing::stale_read_run());
  const std::string light = browser_->evaluate("return eris.theme.paper");
  browser_->emulate_media("prefers-color-scheme", "dark");
  browser_->await("return eris.theme.paper !== '" + light + "'");
  picture("invalid_dark");
  browser_->resize(800, 900);
  browser_->await("return document.getElementById('tracks').clientWidth < 800");
  EXPECT_LE(browser_->evaluate("return document.documentElement.scrollWidth").get<int>(), 800)
      << "nothing stands out of the window sideways";
  picture("invalid_dark_800");
}

TEST_F(HtmlInBrowser, AHundredThousandOperationsCanBeMovedThrough) {
  const SampleRun run = testing::large_run(100'000, true);
  const std::string page = to_html(run.input());
  EXPECT_LT(page.size(), 8u << 20);
  open(run);
  EXPECT_GE(run.history.operations.size(), 100'000u);
  EXPECT_EQ(browser_->evaluate("return eris.operations"), run.history.operations.size());
  picture("large");
  auto frames = browser_->evaluate("return eris.measureFrames(100)").get<std::vector<double>>();
  ASSERT_EQ(frames.size(), 100u);
  std::ranges::sort(frames);
  std::cout << "report of " << run.history.operations.size()
            << " operations: " << page.size() / 1024 << " KiB; frames p50 " << frames[50]
            << " ms, p95 " << frames[95] << " ms, max " << frames[99] << " ms\n";
  browser_->click("[data-show='0']");
  EXPECT_FALSE(whole_run_shown());
  EXPECT_THAT(browser_->console_errors(), IsEmpty());
  picture("large_finding");
}

}  // namespace
}  // namespace eris::reports
