import { Link } from '@tanstack/react-router';
import { Card } from '@/components/page/Card';
import classes from './Overview.module.css';

/** For a hub on which nothing has happened yet: what to do first. */
export function Start() {
  return (
    <Card title="Three steps to begin with">
      <ol className={classes.start}>
        <li><b>Connect two places</b><Link to="/endpoints">Add an endpoint</Link> for each server, bucket or folder, and test it: what fails is explained.</li>
        <li><b>Move something</b>Open <Link to="/files">Files</Link>, choose a place on each side, and drag a folder across.</li>
        <li><b>Let it happen by itself</b>Save it as a <Link to="/templates">template</Link> with a schedule, or write a <Link to="/plans">plan</Link> of several steps.</li>
      </ol>
    </Card>
  );
}
