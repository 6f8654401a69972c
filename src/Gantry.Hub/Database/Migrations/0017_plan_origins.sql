-- Where a plan comes from: the name under which a folder of plans, such as a checkout, is applied. What is gone from the folder is deleted only if it came from there.
alter table execution_plans add column origin text check (length(origin) between 1 and 200);
grant update (origin) on execution_plans to gantry_hub;
