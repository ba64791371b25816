"""Words that tell personal data from anything else, folded where the comments speak of folded."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(each.split()) for each in text.split("|"))


HONORIFICS = _words("""
    anh bà bác bạn bố cậu cháu chị chồng chú con cô cụ dì em mẹ mợ ông thầy thím vợ
""")
SHORT_HONORIFICS = _words("a c e miss mr mrs ms")
"""Only before a name that is written with a capital, or known."""
DOUBTFUL_HONORIFICS = _words("ba ban bo cau chong co con cu di ma me vo")
"""Without tones also "three", "there is", "table", "go": a list alone makes no name."""
SURNAMES = _words("""
    âu bế bùi cà cao cầm châu chu danh dương đàm đào đặng đinh đoàn đỗ giàng hà hầu hoàng hồ
    huỳnh hứa khổng kiều ksor la lâm lê lò lục lường lưu lý ma mã mạc mai ngô nguyễn nông phạm
    phan phùng quách quàng rơ siu sơn sùng tạ thạch thái thào tòng tô tống trần triệu trịnh
    trương vàng võ vũ vương
""")
SURE_SURNAMES = _words("bui dang dinh doan hoang huynh nguyen pham phan quach tran trinh truong")
"""Folded surnames that are hardly ever another word."""
MIDDLES = _words("""
    anh ánh bá bảo bích cẩm công diệu duy đình đức gia hải hoàng hồng hữu khắc kim lan mạnh minh
    mỹ ngọc như phương quang quốc thanh thế thị thu thùy thúy tiến trọng tuấn văn viết xuân
""")
GIVEN = _words("""
    ái an anh ánh bảo bích bình bính cảnh châu chi chiến chinh chung chương công cúc cương cường
    danh diễm diệp diệu dung dũng duy duyên dương đại đạt đăng điệp định đông đức giang hà hạ hải
    hạnh hảo hằng hân hậu hiên hiền hiển hiệp hiếu hoa hoà hòa hoạt hoài hoàn hoàng hồng hợp huân
    huấn huệ hùng huy huyền huỳnh hưng hương hường hữu kha khải khang khánh khiêm khoa khôi kiên
    kiệt kiều kim kỳ lài lam lan lành lâm lệ lên liên liễu linh loan long lộc lợi lụa luân luyến
    lương lượng ly lý mai mạnh mẫn mận minh my mỹ nam nga ngà ngân nghi nghĩa ngọc nguyên nguyệt
    nhàn nhàng nhân nhật nhi nhiên nhung như nhựt ninh nụ oanh phát phong phú phúc phụng phước
    phương phượng quang quân quế quốc quý quyên quyền quyết quỳnh sang sáng sen sinh sơn sương tài
    tám tâm tân thạch thái thanh thành thạnh thảo thắm thắng thế thi thiện thịnh thoa thoan thông
    thêu thơ thơm thu thuận thục thuỳ thuỷ thuý thùy thủy thúy thư thương thy tiên tiến tín tình
    tính toàn toán tới trà trang trâm trân trí trinh trọng trúc trung truyền trường tú tuân tuấn tuệ
    tùng tuyền tuyến tuyết tươi tường út uyên vàng văn vân việt vinh vĩnh vũ vui vượng vy xuân xuyến
    ý yên yến
""")
ORDINALS = _words("""
    ba bảy chín dần dậu hợi mão mùi mười năm ngọ pao páo sáu sửu thân thìn tuất tư tý tỵ
""")
"""Names of the eldest, the second, …, and of the year of birth."""
TONED_WORDS = _words("""
    ái an ánh ba bảo bảy biên cảnh chi chín chinh chung công cường danh đại đạt đăng điệp định
    đông giang hà hải hạnh hảo hậu hiền hiển hiệp hoàn hồng hợp hữu khai khánh kỳ lành lên liên
    linh loan lụa luân luyến lượng mẹ mùi mười năm nghi nhàn nhàng như nụ phát phong phúc phương
    quan quang quốc quý quyền quyết sang sáng sáu sơn tài thái thành thắng thân thế thi thoa
    thông thơ thơm thu thuận tiến tín tình tính toàn toán tới trà trang trọng trung trường tư
    tươi vàng vui ý
""")
"""Given names that even with their tones are as often a word: no names without a capital."""
NO_PLAIN_NAMES = _words("""
    ai an bao canh chi chin chinh chung cong cuong dai dan dang danh dat diem diep dinh dong
    duong giang han hao hau hieu hop hu huu ky lam len lien loi luong me mui muoi nghi nhan
    nhang nhu nu quan quoc quyen quyet sang tai than the thi thien tho thoa thom thong thuan
    thuc tien tin tinh toan toi tra tri trong trung truong van vang vu vui y
""")
"""Folded given names that are nearly always a word: names after a surname or before a role."""
ALSO_WORDS = _words("""
    anh ba bay binh chien duc dung ha hai hang hanh hien hoa hoai hoan hong huong kha khai kieu
    kim lan lanh le linh loan loc long mai man manh minh my nam nga ngoc nguyen nhat ninh phat
    phong phu phuc phuoc phuong quang que quy sau sen sinh son tam tan tham thang thanh thao
    thinh thu thuong thuy trang tu tuan tuoi tuong tuyen ut viet vinh xuan yen
""")
"""Folded given names that are as often a word."""
NO_HOLDERS = _words("""
    ba bay dan hai huyen minh nam phong phu phuong quan sau tam tan thanh thon thu tinh trung tu
    viet xa
""")
"""What follows a role without being its holder's name: "cán bộ phường", "công an huyện"."""
COMPOUNDS = _phrases("""
    an giang | an toan | ban hanh | ban le | ban sao | ban than | bao ve | binh duong | binh thuong
    | bo sung | bo tri | cau hoi | chi dan | chi phi | chi tiet | chi tra | chu dong | chu ho | chu
    quan | chu y | chung cu | chung nhan | chung thuc | co dau | co quan | co so | co y | con chung
    | con dau | con gai | con lai | con nho | con trai | cong an | cong chuc | cong khai | cuong
    quyet | dang ky | dang lam | di chuyen | di lai | diem tiep | dinh chinh | dong dan | dong y |
    duc tinh | dung gio | dung han | dung hen | dung la | dung luat | dung nhu | dung quy | giang
    giai | ha noi | hai bo | hai lan | hai long | hai ngay | hai phong | hanh chinh | hien lanh |
    hien nay | hien tai | hieu biet | hoa don | hoa dong | hoa nha | hong biet | hop ly | hop tac |
    huong dan | huong den | huong toi | huong xau | lam giay | lam ho | lam kho | lam lai | lam
    nhanh | lam on | lam sao | lam viec | lan dau | lan nay | lan nua | lan sau | lan thu | linh
    dong | linh hoat | loi ich | loi thoi | ly lich | ma dinh | ma so | mai moi | mai sau | me con |
    minh bach | minh chung | minh di | minh khong | minh ko | minh voi | minh la | minh lam | my man
    | nam nay | nam ngay | nam ngoai | nam tuoi | ngan hang | ngan sach | nghi phep | nghi trua |
    nhan giay | nhan ho | nhan ket | nhan vien | nhiet tinh | nhu nha | nhu the | nhu vay | phuc vu
    | phuong phap | phuong tien | quan ly | quan tam | quyen loi | sang nay | sang som | sang thu |
    tai sao | tam huyet | tam ngay | tam thoi | tam tru | tan tam | tan tinh | thai do | than thien
    | thang nay | thang truoc | thanh cong | thanh pho | thanh that | thanh toan | the la | the nao
    | thi hanh | thong bao | thong cam | thong tin | thu ky | thu ngan | thu phi | thu tien | thu
    tuc | thuong binh | thuong tru | thuong xuyen | tien ich | tiep nhan | tinh phi | tinh than |
    tinh tien | toi la | trang phuc | trong xe | trung tam | trung thuc | truong hop | truong phong
    | tu phap | tu te | tu van | tuan nay | tuan sau | tuan truoc | van ban | van de | van thu | vui
    tinh | vui ve | yen tam
""")
"""Two words that belong together, so that neither is a name nor an honorific."""
ROLES = _phrases("""
    bảo vệ | bí thư | cán bộ | cb | cc | chánh văn phòng | chủ tịch | chuyên viên | công an |
    công chức | cv | đ/c | đc | đồng chí | gđ | giám đốc | kế toán | lãnh đạo | lđ | nhân viên |
    nv | officer | pct | phó ban | phó chánh văn phòng | phó chủ tịch | phó công an | phó gđ |
    phó giám đốc | phó phòng | staff | thủ quỹ | tổ trưởng | tp | trưởng ban | trưởng công an |
    trưởng phòng | trưởng thôn | văn thư
""")
"""What officials are called."""
OFFICIAL_BEFORE = _phrases("""
    bo phan | dia chinh | gap | ho tich | mot cua | nho | o ban | o quay | phuc vu | quay ban so
    | tiep nhan | tu phap
""")
"""What comes before somebody on duty, besides roles."""
OFFICIAL_AFTER = _phrases("""
    ban so | bi thu | bo phan | bp | can bo | cau gat | cb | chi dan | chu dao | chu tich | coc
    can | cong chuc | cua so | de thuong | dia chinh | doi tien | giai thich | gioi | giup | goi
    y | hach dich | hd | ho tich | huong dan | kho chiu | ky | lam nhanh | lam viec | lich su |
    mot cua | nhan ho so | nhan hs | nhan vien | nhiet tinh | nho nhe | nv | pho | phuc vu |
    quat | quay | tan tinh | thai do | than thien | thu tien | tiep dan | tiep nhan | tiep toi |
    tot | tra ket qua | tra loi | truc | tu phap | van thu | vi tien | vui ve
""")
"""What comes after somebody on duty: a place, a task, praise or blame."""
NO_NAMES = _words("""
    cac can chuyen cong dream exciter khong la lead mot na nguoi nhan nhung o pho phong quay rat
    ria sirius so to toi truong ubnd uy va vario vision wave
""")
"""Capitalised words after an honorific that begin no name: "anh Công an", "Bà Rịa", "con Wave"."""
CALLED = _words("la ten")
"""Between an honorific and a name: "chị tên Lan"."""
NEIGHBOURS = _phrases("""
    ben canh | canh nha | cung lang | cung thon | cung xom | hang xom | ke ben | nha ben | nha toi
""")
"""What comes after a neighbour."""
BEFORE_NAMES = _words("cua gap goi hoi hs la nho on ten tim voi")
"""What comes before a name rather than before a number, a verb or a thing."""
DESKS = _phrases("ban so | cua so | quay")
"""Where somebody on duty sits."""
SELF = _phrases("""
    em la | em ten | ho ten | ho va ten | ky ten | minh la | minh ten | nguoi ten | ten la | ten
    toi | toi la | toi ten
""")
"""What comes before one's own name."""
PLACES = _words("""
    ap cau cho cong d duong hem huyen ngo p pho phuong q quan thon tinh truong vien xa
""")
"""What comes before the name of a street, a school or a place."""
