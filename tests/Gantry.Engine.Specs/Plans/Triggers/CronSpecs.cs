using System.Globalization;
using Gantry.Engine.Plans.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Triggers;

public sealed class CronSpecs
{
    [Theory]
    [InlineData("* * * * *", "2026-03-04 10:11:12", "2026-03-04 10:12:00")]
    [InlineData("*/15 * * * *", "2026-03-04 10:46:00", "2026-03-04 11:00:00")]
    [InlineData("5/20 * * * *", "2026-03-04 10:26:00", "2026-03-04 10:45:00")]
    [InlineData("0 6 * * mon-fri", "2026-03-06 06:00:01", "2026-03-09 06:00:00")]
    [InlineData("0 6 * * MON,Wed", "2026-03-09 07:00:00", "2026-03-11 06:00:00")]
    [InlineData("0 0 * * 0", "2026-03-04 00:00:00", "2026-03-08 00:00:00")]
    [InlineData("0 0 * * 7", "2026-03-04 00:00:00", "2026-03-08 00:00:00")]
    [InlineData("0 0 * * 5-7", "2026-03-07 12:00:00", "2026-03-08 00:00:00")]
    [InlineData("30 4 1,15 * 5", "2026-03-02 00:00:00", "2026-03-06 04:30:00")]
    [InlineData("30 4 1,15 * 5", "2026-03-14 00:00:00", "2026-03-15 04:30:00")]
    [InlineData("0 0 */10 * 1", "2026-03-02 00:00:01", "2026-05-11 00:00:00")]
    [InlineData("0 0 29 2 *", "2026-03-04 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00")]
    [InlineData("0 0 29 feb mon", "2026-02-28 00:00:00", "2027-02-01 00:00:00")]
    [InlineData("0 0 */28 2 sun", "2032-02-29 00:00:01", "2037-02-01 00:00:00")]
    [InlineData("0 0 31 * *", "2026-04-01 00:00:00", "2026-05-31 00:00:00")]
    [InlineData("0 0 L * *", "2028-02-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 L-1 * ?", "2026-02-01 00:00:00", "2026-02-27 00:00:00")]
    [InlineData("0 0 LW * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")]
    [InlineData("0 0 1W * *", "2026-08-01 00:00:00", "2026-08-03 00:00:00")]
    [InlineData("0 0 31W * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")]
    [InlineData("0 0 31W 6 *", "2026-06-01 00:00:00", "2026-06-30 00:00:00")]
    [InlineData("0 0 15W * *", "2026-02-01 00:00:00", "2026-02-16 00:00:00")]
    [InlineData("0 0 * * 5L", "2026-03-01 00:00:00", "2026-03-27 00:00:00")]
    [InlineData("0 0 ? * fri#3", "2026-03-01 00:00:00", "2026-03-20 00:00:00")]
    [InlineData("0 0 * * 1#5", "2026-01-01 00:00:00", "2026-03-30 00:00:00")]
    [InlineData("30 0 6 * * *", "2026-03-04 06:00:30", "2026-03-04 06:00:30")]
    [InlineData("*/20 * * * * *", "2026-03-04 06:00:41", "2026-03-04 06:01:00")]
    [InlineData("@daily", "2026-03-04 00:00:01", "2026-03-05 00:00:00")]
    [InlineData("@hourly", "2026-12-31 23:00:01", "2027-01-01 00:00:00")]
    [InlineData("@Weekly", "2026-03-04 00:00:00", "2026-03-08 00:00:00")]
    [InlineData("@monthly", "2026-03-04 00:00:00", "2026-04-01 00:00:00")]
    [InlineData("@yearly", "2026-03-04 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("  0   6\t* * *  ", "2026-03-04 07:00:00", "2026-03-05 06:00:00")]
    public void The_next_time_is_what_crontab_says(string cron, string from, string next) =>
        Cron.Parse(cron).NextFrom(DateTime.Parse(from, CultureInfo.InvariantCulture)).ShouldBe(DateTime.Parse(next, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("", "has 0")]
    [InlineData("* * * *", "has 4")]
    [InlineData("0 0 0 0 0 0 0", "has 7")]
    [InlineData("60 * * * *", "'60' is not from 0 to 59")]
    [InlineData("* 24 * * *", "'24' is not from 0 to 23")]
    [InlineData("* * 0 * *", "'0' is not from 1 to 31")]
    [InlineData("* * * 13 *", "'13' is not from 1 to 12")]
    [InlineData("* * * * 8", "'8' is not from 0 to 7")]
    [InlineData("*/0 * * * *", "'0' is not from 1 to 59")]
    [InlineData("5-1 * * * *", "runs backwards")]
    [InlineData("0 0 * * fri-mon", "runs backwards")]
    [InlineData("1,,2 * * * *", "empty part")]
    [InlineData("0 0 * * mno", "Did you mean 'mon'?")]
    [InlineData("0 0 * janu *", "Did you mean 'jan'?")]
    [InlineData("-1 * * * *", "is no minute")]
    [InlineData("1.5 * * * *", "is no minute")]
    [InlineData("L * * * *", "is no minute")]
    [InlineData("0 0 * * 1#6", "'6' is not from 1 to 5")]
    [InlineData("0 0 31 2 *", "never comes")]
    [InlineData("0 0 30 feb *", "never comes")]
    [InlineData("@reboot", "There is no '@reboot'")]
    public void What_is_no_cron_expression_is_said_to_be_none(string text, string reason) =>
        Should.Throw<CronException>(() => Cron.Parse(text)).Message.ShouldContain(reason);
}
