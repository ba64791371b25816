"""Words that tell personal data from anything else, folded unless their tones matter."""

from __future__ import annotations

from sipas.vietnamese import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


HONORIFICS = _set("ông bà anh chị em cô chú bác cậu dì cháu thầy mợ thím bạn cụ")
SHORT_HONORIFICS = _set("a c e o b mr mrs ms miss")
"""Only before a name that is written with a capital, or known."""
COMMON_HONORIFICS = _set("ba chi co chu ban di cau cu ong bac")
"""Without tones also "three", "only", "there is", "table", "go": a name must follow that is no word."""

SURNAMES = frozenset(
    fold(word)
    for word in "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh "
    "Đoàn Lâm Phùng Trương Tạ Chu Châu Quách Tô Hà Thái Cao Lưu Đào Vương Tống Kiều Lò Vàng Giàng "
    "Thào Hầu Sùng Triệu Nông Hứa Lục Bế Ma Quàng Cầm Mạc Thạch Sơn Danh Ksor Siu Rơ Y H".split()
)
MIDDLES = frozenset(
    fold(word)
    for word in "Văn Thị Đức Hữu Ngọc Minh Thanh Quang Xuân Thu Kim Hồng Đình Công Bá Thế Quốc Gia Bảo "
    "Hoàng Tuấn Anh Phương Thùy Thúy Bích Mỹ Như Tiến Duy Trọng Viết Khắc Diệu Hải Mạnh Ánh Cẩm Lan".split()
)
GIVEN = _set(
    "an ánh anh ái bảo bình bích bính cảnh châu chi chiến chinh chung chương công cúc cường cương "
    "danh diễm diệp diệu dung dũng duy duyên dương đại đạt đăng điệp định đông đức giang hà hạ hải "
    "hân hằng hạnh hảo hậu hiên hiền hiển hiếu hiệp hoa hoà hòa hoài hoàn hoàng hồng hợp huân huấn "
    "huệ hùng hưng hương hường huy huyền huỳnh hữu kha khải khang khánh khiêm khoa khôi kiên kiều kiệt kim "
    "kỳ lài lam lâm lan lành lệ lên liên liễu linh loan lộc lợi long luân lương lượng luyến lụa ly lý mai mạnh "
    "mận mẫn minh my mỹ nam nga ngà ngân nghĩa nghi ngọc nguyên nguyệt nhàn nhân nhàng nhi nhiên nhung như "
    "nhựt nhật ninh nụ oanh phát phong phú phúc phước phượng phương quân quang quế quốc quý quyên quyền quyết "
    "quỳnh sang sáng sen sinh sơn sương tài tám tâm tân thạch thái thắm thắng thanh thành thảo thạnh thế thi "
    "thiện thịnh thơ thoa thoan thông thơm thu thuận thục thương thuỳ thùy thuý thúy thuỷ thủy thư thy tiên tiến "
    "tín tình tính toàn toán tới trà trâm trân trang trí trinh trọng trung trường truyền tú tuân tuấn tuệ tùng "
    "tươi tường tuyến tuyền tuyết uyên út vân vàng văn việt vinh vĩnh vui vũ vượng vy xuân xuyến ý yên yến"
)
GIVEN_PLAIN = frozenset(map(fold, GIVEN))
ALSO_WORDS = _set(
    "an anh anh binh chi chung chuong cong danh dai dat dang diep dinh dong duc dung duong duy giang ha hai han hang "
    "hanh hao hau hien hieu hiep hoa hoai hoan hop huong huu hung ky lam lanh le len lien linh loc loi luong lua man "
    "manh minh my nam nghi nhan nhi nhien nhu nhu ninh nu phat phong phu phuc phuoc phuong quan quang que quoc quy "
    "quyen quyet sang sinh tai tam tan thanh thao the thi thien thinh tho thong thom thu thuan thuc thuong thuy tien tin "
    "tinh toan toi tra tri trong trung truong truyen tu tuoi tuong tuyen ut van vang viet vui vu vuong xuan y yen trang"
)
"""Given names that, without tones, are as often a word: "hướng", "đúng", "thu", "thành"."""
COMPOUNDS = frozenset(
    "huong dan|hoa don|thu tuc|thu tien|thu phi|thu ngan|hai long|binh thuong|nam nay|nam ngoai|minh bach|an toan|"
    "hieu biet|hien nay|hien tai|tam tru|thanh toan|thanh pho|tien ich|dung hen|dung gio|dung han|linh dong|"
    "linh hoat|phuong phap|vui ve|vui tinh|yen tam|tinh than|tinh phi|hanh chinh|ly lich|cong chuc|cong an|cong khai|"
    "chung cu|chung thuc|chung nhan|chi tiet|chi dan|chi tra|hai lan|hai ngay|nam ngay|tam ngay|nhan vien|nhan ho|"
    "nhan ket|nhan giay|tiep nhan|phuc vu|phuong tien|thong bao|thong tin|thong cam|tan tinh|tan tam|tam huyet|"
    "thanh that|than thien|thanh cong|hien lanh|hoa nha|hoa dong|trung tam|trung thuc|truong phong|truong hop|"
    "quan ly|quan tam|quyen loi|giang giai|dong y|dong dan|dinh chinh|dang ky|dang lam|duc tinh|thuong xuyen|"
    "thu ky|trang phuc|loi ich|sang nay|sang som|sang thu|tinh tien|van thu|van ban|van de|hop ly|hop tac|my man|"
    "nghi trua|nghi phep|nhiet tinh|thi hanh|tai sao|the nao|the la|ha noi|hai phong|an giang|binh duong|minh chung|"
    "minh la|minh di|minh khong|minh lam|minh ko|toi la|tu van|tu phap|tu te|loi thoi|cuong quyet|nhu the|nhu vay|"
    "nhu nha|lam viec|lam on|lam kho|lam sao|lam nhanh|lam lai|lam ho|lam giay".split("|")
)
"""Two words that are no name and what follows it."""

ROLES = (
    "cán bộ|cb|nhân viên|nv|công chức|cc|chuyên viên|cv|đồng chí|đ/c|lãnh đạo|phó chủ tịch|chủ tịch|pct|"
    "trưởng phòng|phó phòng|tp|giám đốc|phó giám đốc|bí thư|trưởng thôn|tổ trưởng|bảo vệ|công an|thủ quỹ|"
    "kế toán|văn thư|officer|staff"
).split("|")
OFFICIAL_BEFORE = frozenset(map(fold, ROLES)) | frozenset(
    "quay ban so|o quay|o ban|bo phan|tiep nhan|mot cua|tu phap|dia chinh|ho tich|phuc vu|gap|nho".split("|")
)
OFFICIAL_AFTER = frozenset(
    "quay|ban so|cua so|bo phan|bp|can bo|cb|nhan vien|nv|cong chuc|tiep nhan|mot cua|tu phap|dia chinh|ho tich|"
    "van thu|huong dan|hd|phuc vu|nhiet tinh|tan tinh|vui ve|thai do|hach dich|quat|cau gat|truc|tiep dan|tiep toi|"
    "lam viec|giai thich|thu tien|nhan ho so|nhan hs|doi tien|vi tien|goi y|coc can|than thien|de thuong|tra loi|"
    "lam nhanh|chi dan|giup|tra ket qua|ky|kho chiu|lich su|chu dao|nho nhe|tot|gioi".split("|")
)

NO_NAMES = (
    frozenset(map(fold, HONORIFICS))
    | _set("can cong nhan chuyen mot phong quay uy ubnd chu truong pho bo ban so rat cac nhung khong toi nguoi va")
    | _set("ria na to la o co")
)
"""Capitalised words after an honorific that begin no name: "anh Công an", "Bà Rịa", "Cô Tô"."""
CALLED = _set("ten la")
SELF = frozenset("toi la|toi ten|ten toi|ho ten|ho va ten|ky ten|ten la|em la|minh la|em ten|minh ten|nguoi ten".split("|"))
PLACES = _set("duong pho ngo hem truong phuong xa quan huyen vien tinh thon ap cong vien cau cho q p d")
