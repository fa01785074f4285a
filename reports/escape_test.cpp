#include "reports/escape.hpp"

#include <gtest/gtest.h>

namespace eris::reports {
namespace {

TEST(Escape, HtmlKeepsNoCharacterThatCouldOpenATagOrEndAnAttribute) {
  EXPECT_EQ(escape_html("<a href=\"x\" b='y'>&</a>"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
}

TEST(Escape, Utf8PassesUnchanged) {
  EXPECT_EQ(valid_utf8("aé→😀"), "aé→😀");
}

TEST(Escape, BytesThatAreNoUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(valid_utf8("\xff"), "\uFFFD");
  EXPECT_EQ(valid_utf8("a\xC3"), "a\uFFFD") << "cut off in the middle of a sequence";
  EXPECT_EQ(valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD") << "an overlong '/'";
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "half a surrogate pair";
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "past U+10FFFF";
}

TEST(Escape, XmlHasNoControlCharacters) {
  EXPECT_EQ(escape_xml(std::string_view("a\0b\x01\n\t\r", 7)), "a\uFFFDb\uFFFD&#10;&#9;\uFFFD");
}

TEST(Escape, ScriptJsonCannotEndItsElementAndMeansTheSame) {
  EXPECT_EQ(escape_script_json(R"({"a":"</script><!--"})"), R"({"a":"\u003c/script>\u003c!--"})");
}

}  // namespace
}  // namespace eris::reports
