using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Plans.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Triggers;

public sealed class TriggerReaderSpecs
{
    [Fact]
    public void The_plan_of_the_manual_is_read_with_all_its_triggers()
    {
        var plan = PlanReader.Read("""
            name: publish-news
            on:
              - schedule: { cron: "0 6 * * mon-fri", zone: Europe/Berlin, missed: once }
              - webhook: { path: news, secret: "${cred:NEWS_HOOK}", reply: result }
              - files: { endpoint: incoming, match: "*.md", settle: 5s }
              - s3_events: { endpoint: media, queue: "https://sqs.eu-west-1.amazonaws.com/1/q" }
              - execution: { plan: build, status: [failed, cancelled] }
              - schedule: "@daily"
              - schedule: { every: 15m, id: often }
            steps: [ { use: fake.do } ]
            """).Plan.ShouldNotBeNull();

        plan.Triggers.Select(trigger => trigger.Identity).ShouldBe(
        [
            "schedule 0 6 * * mon-fri (Europe/Berlin)", "webhook POST news", "files incoming: *.md", "s3_events media: https://sqs.eu-west-1.amazonaws.com/1/q",
            "execution build failed|cancelled", "schedule @daily (UTC)", "id often",
        ]);
        var webhook = plan.Triggers[1].ShouldBeOfType<WebhookTrigger>();
        webhook.Reply.ShouldBe(WebhookReply.Result);
        webhook.Secret!.Name.ShouldBe("NEWS_HOOK");
        webhook.Scheme.Name.ShouldBe("standard");
        plan.Triggers[2].ShouldBeOfType<FilesTrigger>().Settle.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void An_item_that_was_kept_is_read_back_as_it_was()
    {
        var plan = PlanReader.Read("""
            on: [ { files: { endpoint: "in:a", match: ["*.md", "*.txt"], exclude: draft*, batch: true, inputs: { name: "${trigger.name}" }, when: "${trigger.size > 0}", expect: { between: "02:00-04:00" } } } ]
            steps: [ { use: fake.do } ]
            """).Plan.ShouldNotBeNull();

        var read = TriggerReader.Read(plan.Triggers[0].Source).ShouldBeOfType<FilesTrigger>();

        read.Identity.ShouldBe(plan.Triggers[0].Identity);
        read.Selection.IncludesPath("x/a.md").ShouldBeTrue();
        read.Selection.IncludesPath("x/draft.md").ShouldBeFalse();
        read.Selection.IncludesPath("a.pdf").ShouldBeFalse();
        read.Expect!.ToString().ShouldBe("02:00-04:00 (UTC)");
        read.When!.Value.GetString().ShouldBe("${trigger.size > 0}");
    }

    [Theory]
    [InlineData("incoming", "incoming:")]
    [InlineData("incoming:", "incoming:")]
    [InlineData("incoming:a/b", "incoming:a/b")]
    [InlineData("/data/in", "/data/in")]
    [InlineData("sftp://host/in", "sftp://host/in")]
    public void A_watched_place_is_an_endpoint_a_folder_of_it_or_an_address(string endpoint, string watched) =>
        TriggerReader.Read(JsonSerializer.SerializeToElement(new { files = new { endpoint } })).ShouldBeOfType<FilesTrigger>().Endpoint.ShouldBe(watched);

    [Theory]
    [InlineData("schedule: { cron: §\"0 25 * * *\" }", "'25' is not from 0 to 23")]
    [InlineData("schedule: { cron: \"0 6 * * *\", zone: §Europe/Berln }", "There is no time zone 'Europe/Berln' on this machine. Zones have IANA names, such as Europe/Berlin or UTC. Did you mean 'Europe/Berlin'?")]
    [InlineData("schedule: { cron: \"0 6 * * *\", zone: §\"../../etc/passwd\" }", "There is no time zone")]
    [InlineData("schedule: { every: §15 }", "'every' must be a number and a unit")]
    [InlineData("schedule: §{ every: 15m, cron: \"@daily\" }", "either 'cron' or 'every'")]
    [InlineData("schedule: { cron: \"@daily\", missed: §never }", "'missed' is one of once, skip, all.")]
    [InlineData("schedule: { §corn: \"@daily\", every: 1h }", "There is no field 'corn' of a schedule. Did you mean 'cron'?")]
    [InlineData("webhook: §{ path: news }", "needs a 'secret'")]
    [InlineData("webhook: { path: §\"a//b\", open: true }", "A path has 1 to 200 characters")]
    [InlineData("webhook: { path: §\"~me/b\", open: true }", "does not begin with '~'")]
    [InlineData("webhook: { path: a, secret: §abc }", "must not stand in a plan")]
    [InlineData("webhook: { path: a, secret: \"${cred:A}\", open: §true }", "is not open")]
    [InlineData("webhook: { path: a, secret: \"${cred:A}\", scheme: §githb }", "Did you mean 'github'?")]
    [InlineData("webhook: { path: a, open: true, verb: §HEAD }", "'verb' is one of")]
    [InlineData("webhook: { path: a, open: true, wait: §1h }", "from 1s to 10m")]
    [InlineData("files: { endpoint: in, match: §\"a{b\" }", "The pattern '")]
    [InlineData("files: { endpoint: in, match: §\"{{(}}\" }", "The pattern '")]
    [InlineData("files: §{ match: \"*\" }", "'endpoint' is missing")]
    [InlineData("files: { endpoint: in, settle: §soon }", "'settle' must be")]
    [InlineData("files: { endpoint: in, expect: { between: §\"2-4\" } }", "'2-4' is no window.")]
    [InlineData("files: { endpoint: in, expect: { between: \"02:00-04:00\", days: §x } }", "is no day of the week")]
    [InlineData("files: { endpoint: in, inputs: { a: §\"${input.b}\" } }", "input.b: a trigger can refer to")]
    [InlineData("files: { endpoint: in, when: §\"${trigger.size >}\" }", "is malformed")]
    [InlineData("s3_events: { endpoint: media, queue: §queue }", "is no URL of a queue")]
    [InlineData("execution: { plan: a, status: §done }", "'done' is no end of an execution")]
    [InlineData("§cron: \"@daily\"", "There is no trigger of the kind 'cron'.")]
    public void What_is_wrong_is_told_with_its_place(string item, string message)
    {
        var (line, column) = (3, $"  - {item}".IndexOf('§') + 1);
        var document = PlanReader.Read($"name: p\non:\n  - {item.Replace("§", "", StringComparison.Ordinal)}\nsteps: [ {{ use: fake.do }} ]\n");

        var finding = document.Findings.ShouldHaveSingleItem();
        finding.Message.ShouldContain(message);
        (finding.Line, finding.Column).ShouldBe((line, column));
    }

    [Fact]
    public void The_same_trigger_twice_is_told()
    {
        var findings = PlanReader.Read("""
            on:
              - webhook: { path: a, open: true }
              - webhook: { path: /a/, open: true, reply: result }
              - webhook: { path: a, open: true, verb: put }
            steps: [ { use: fake.do } ]
            """).Findings;

        findings.ShouldHaveSingleItem().Message.ShouldContain("stands here twice");
    }

    [Fact]
    public void All_findings_come_at_once()
    {
        PlanReader.Read("""
            on:
              - schedule: { cron: "x" }
              - { schedule: "@daily", webhook: { path: a } }
              - files: {}
            steps: [ { use: fake.do } ]
            """).Findings.Count.ShouldBe(3);

        PlanReader.Read("on: daily\nsteps: [ { use: fake.do } ]").Findings.ShouldHaveSingleItem().Message.ShouldContain("'on' is a list of triggers");
    }
}
