// Whom something waits for, and that what came since the window began is not looked at.
#include "gateway/notify/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/notify/stored_office.h"

namespace safeconduct::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void Acknowledged(v1::StoredCase& record) { record.set_status(v1::CASE_STATUS_ACKNOWLEDGED); }

TEST(Waiting, ANewReportWaitsForIntakeFromTheNextWindowOn) {
  StoredOffice office;
  office.Add(kToday + 9 * 3600, nullptr);
  EXPECT_THAT(office.Waiting(kToday), IsEmpty());
  EXPECT_THAT(office.Waiting(kToday + kDay), ElementsAre("intake-1", "intake-2"));
}

TEST(Waiting, WindowsWithinADayGoByThePromise) {
  StoredOffice office;
  office.Add(kToday + 9 * 3600 + 1, nullptr);
  EXPECT_THAT(office.Waiting(kToday + 9 * 3600), IsEmpty());
  EXPECT_THAT(office.Waiting(kToday + 10 * 3600), ElementsAre("intake-1", "intake-2"));
}

TEST(Waiting, APlainReportWaitsForWhomTheChannelNames) {
  StoredOffice office;
  office.Add(kToday - 2 * kDay, nullptr, true);
  EXPECT_THAT(office.Waiting(kToday), ElementsAre("intake-1"));
}

TEST(Waiting, NothingOfWhatIsSettledNorForWhoIsExcluded) {
  StoredOffice office;
  const std::int64_t long_ago = kToday - 100 * kDay;
  office.Add(long_ago, [](v1::StoredCase& record) { record.set_status(v1::CASE_STATUS_CLOSED); });
  office.Add(long_ago, [](v1::StoredCase& record) { record.set_dismissed(true); });
  office.Add(long_ago, Acknowledged);  // the channel has no other deadline
  EXPECT_THAT(office.Waiting(kToday), IsEmpty());
  const std::string first = StoredOffice::Key(office.people.intake);
  office.Add(long_ago, [&](v1::StoredCase& record) { record.add_excluded(first); });
  EXPECT_THAT(office.Waiting(kToday), ElementsAre("intake-2"));
}

TEST(Waiting, ADeadlineWaitsForThoseToWhomItIsAssignedElseIntake) {
  v1::Charter message = safeconduct::testing::DemoCharter(safeconduct::testing::Office());
  message.mutable_channels(0)->mutable_deadlines()->set_feedback_days(30);
  StoredOffice office;
  office.charter = safeconduct::testing::OpenCharterOf(message);
  office.Add(kToday - 20 * kDay, [&](v1::StoredCase& record) {
    Acknowledged(record);
    record.add_assigned(StoredOffice::Key(office.people.investigator));
    record.add_assigned(StoredOffice::Key(office.people.support));
  });
  EXPECT_THAT(office.Waiting(kToday), IsEmpty());
  EXPECT_THAT(office.Waiting(kToday, 10), ElementsAre("oios", "support-1"));
  EXPECT_THAT(office.Waiting(kToday + 7 * kDay), ElementsAre("oios", "support-1"));
  EXPECT_THAT(office.Waiting(kToday + 40 * kDay), ElementsAre("oios", "support-1"));
  office.Add(kToday - 50 * kDay, Acknowledged);
  EXPECT_THAT(office.Waiting(kToday), ElementsAre("intake-1", "intake-2"));
}

TEST(Waiting, AMessageOfTheReporterWaitsUntilSomebodyFollows) {
  StoredOffice office;
  storage::Report report = office.Add(kToday - 10 * kDay, Acknowledged);
  office.Append(report, kToday + 3600, report.record.event_key());
  EXPECT_THAT(office.Waiting(kToday), IsEmpty());
  EXPECT_THAT(office.Waiting(kToday + kDay), ElementsAre("intake-1", "intake-2"));
  office.Append(report, kToday + 7200, StoredOffice::Key(office.people.intake));
  EXPECT_THAT(office.Waiting(kToday + kDay), IsEmpty());
}

TEST(Waiting, ARequestWaitsForTrusteesWhoHaveNotAnswered) {
  StoredOffice office(true);
  storage::Report report = office.Add(kToday - 10 * kDay, [](v1::StoredCase& record) {
    Acknowledged(record);
    record.set_quorum_threshold(2);
  });
  v1::StoredRequest& request = *report.record.add_requests();
  request.set_event(1);
  request.set_hash(std::string(32, 'h'));
  request.set_author(StoredOffice::Key(office.people.investigator));
  request.add_releases()->set_compartment("account");
  request.mutable_releases(0)->add_approvals()->set_trustee(
      StoredOffice::Key(office.people.second_trustee));
  office.Append(report, kToday + 3600, request.author());
  EXPECT_THAT(office.Waiting(kToday), IsEmpty());
  EXPECT_THAT(office.Waiting(kToday + kDay), ElementsAre("trustee-1", "trustee-3"));
}

TEST(Waiting, MoreCasesThanAPageHas) {
  StoredOffice office;
  office.Add(kToday - 2 * kDay, nullptr);
  for (int i = 0; i < 600; ++i) office.Add(kToday - kDay, Acknowledged);
  EXPECT_THAT(office.Waiting(kToday), ElementsAre("intake-1", "intake-2"));
}

}  // namespace
}  // namespace safeconduct::notify
